// Recipes as people and programs read them.

internal import MMQ
internal import MMQRecipes

enum RecipeText {
  /// Columns of a line of help.
  private static let width = 80

  /// An entry of the list.
  static func entry(_ recipe: Recipe) -> String {
    let header = recipe.header
    let title = header.title.isEmpty ? "(no title)" : header.title
    let question = header.question.isEmpty ? "" : wrapped(header.question, indent: 22)
    return recipe.name.padded(to: 21) + " " + title + (recipe.path == nil ? "" : " (your own)")
      + "\n"
      + question
  }

  /// All of the header.
  static func help(_ recipe: Recipe) -> String {
    let header = recipe.header
    var text = "\(recipe.name): \(header.title)\n"
    let parts = [
      ("Question", header.question), ("How to read it", header.reading), ("Next", header.next),
      ("Kernels", header.kernels),
    ]
    for (name, part) in parts where !part.isEmpty {
      text += "\n\(name):\n" + wrapped(part, indent: 2)
    }
    text += section(
      "Events", header.events.map { ($0.description, $0.isOptional ? "optional" : "") })
    text += section(
      "Options, behind --", header.options.map { ("--\($0.name)=\($0.standard)", $0.meaning) })
    let options = header.options.isEmpty ? "" : " [-- --\(header.options[0].name)=N]"
    return text + "\nUsage:\n  mmq recipe \(recipe.name) [-i FILE]\(options)\n"
  }

  private static func section(_ title: String, _ rows: [(String, String)]) -> String {
    guard !rows.isEmpty else { return "" }
    let column = (rows.map(\.0.count).max() ?? 0) + 2
    let lines = rows.map { row in
      "  " + (row.1.isEmpty ? row.0 : row.0.padded(to: column) + row.1) + "\n"
    }
    return "\n\(title):\n" + lines.joined()
  }

  /// Lines of whole words.
  private static func wrapped(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, indent + last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { margin + $0 + "\n" }.joined()
  }

  /// An array of objects, one a line.
  static func json(_ recipes: [Recipe]) -> String {
    "[" + recipes.map { object($0).text }.joined(separator: ",\n ") + "]\n"
  }

  private static func object(_ recipe: Recipe) -> JSONObject {
    let header = recipe.header
    var object = JSONObject()
    object.add("name", recipe.name)
    object.add("title", header.title)
    object.add("question", header.question)
    object.add("reading", header.reading)
    object.add("next", header.next)
    object.add("kernels", header.kernels)
    object.add("events", header.events.map(self.object))
    object.add("options", header.options.map(self.object))
    object.add("path", recipe.path)
    return object
  }

  private static func object(_ event: RecipeEvent) -> JSONObject {
    var object = JSONObject()
    object.add("event", event.names[0])
    object.add("or", event.names.dropFirst().first)
    object.add("optional", event.isOptional)
    return object
  }

  private static func object(_ option: RecipeOption) -> JSONObject {
    var object = JSONObject()
    object.add("name", option.name)
    object.add("default", option.standard)
    object.add("meaning", option.meaning)
    return object
  }
}
