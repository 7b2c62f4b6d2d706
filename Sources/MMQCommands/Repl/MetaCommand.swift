// Commands of the prompt: lines that start with a dot.

internal import MMQLanguage
internal import MMQRecipes

/// One command: a row of a table.
struct MetaCommand: Sendable {
  /// What stands behind the name, for completion.
  enum Argument: Sendable {
    case nothing
    case event
    case map
    case file
    case recipe
    /// A recipe or a file.
    case script
    case question
    /// What .help tells of.
    case topic
    case word([String])
  }

  let name: String
  /// The argument as .help shows it.
  let usage: String
  let summary: String
  let argument: Argument
  let run: @Sendable (ReplSession, String) throws -> Void

  init(
    _ name: String, _ usage: String, _ argument: Argument, _ summary: String,
    run: @escaping @Sendable (ReplSession, String) throws -> Void
  ) {
    (self.name, self.usage, self.argument, self.summary) = (name, usage, argument, summary)
    self.run = run
  }

  static let all: [MetaCommand] = sourceCommands + mapCommands + questionCommands + sessionCommands

  /// Whole lines that mean the same.
  static let synonyms = [
    "\\?": ".help", "\\h": ".help", "help": ".help", "?": ".help", "\\q": ".quit", "quit": ".quit",
    "exit": ".quit", ".exit": ".quit",
  ]

  /// The command of a line without blanks around it, and the text behind its name; nil for a question.
  static func parse(_ line: String) -> (command: MetaCommand, argument: String)? {
    let line = synonyms[line] ?? line
    guard let first = line.first, first == "." || first == "\\" else { return nil }
    let name = line.prefix { $0 != " " && $0 != "\t" }
    let argument = String(line.dropFirst(name.count)).trimmingBlanks
    return (all.first { $0.name == name } ?? unknown(String(name)), argument)
  }

  /// For a line that is no question: a command without its dot, or the name of a recipe.
  static func hint(for line: String) -> String? {
    let words = line.split(separator: " ")
    guard let first = words.first.map(String.init) else { return nil }
    if all.contains(where: { $0.name == "." + first }) {
      return "commands begin with a dot: .\(line)"
    }
    guard words.count == 1, RecipeLibrary.all().contains(where: { $0.name == first }) else {
      return nil
    }
    return "\(first) is a recipe: .run \(first)"
  }

  private static func unknown(_ name: String) -> MetaCommand {
    let nearest = Nearest.name(to: name, among: all.map(\.name))
    return MetaCommand(name, "", .nothing, "") { _, _ in
      throw Stop(
        status: Stop.usageError,
        message: "mmq: there is no command \(name); "
          + (nearest.map { "did you mean \($0)?" } ?? ".help lists them"))
    }
  }
}
