// Words of the command line that a script never reads: to leave them out would answer another question.

internal import MMQ
internal import MMQRecipes

/// They are a command, an option without its dashes, or another recipe.
struct UnusedWords {
  private let words: [String]
  private let options: [String]
  private let isRecipe: Bool
  /// What options of a script stand behind.
  private let mark: String

  /// `atPrompt`: the words behind `.run NAME`, which need no mark.
  init(_ script: Script, isRecipe: Bool, atPrompt: Bool = false) {
    words = script.unusedWords
    options = script.unknownOptions.known
    self.isRecipe = isRecipe
    mark = atPrompt ? "" : "-- "
  }

  private var text: String { words.joined(separator: " ") }

  /// Throws a Stop if there are some. `command`: what was given with `-c`.
  func refuse(besides command: String? = nil) throws {
    guard !words.isEmpty else { return }
    let what = isRecipe ? "recipe" : "program"
    throw Stop(
      status: Stop.usageError,
      message:
        "ERROR: the \(what) takes no words, but was given '\(text)'\nHINT: \(advice(command))")
  }

  private func advice(_ command: String?) -> String {
    if let command { return "a command is one word of the shell: -c '\(command) \(text)'" }
    if isRecipe, RecipeLibrary.all().contains(where: { $0.name == words[0] }) {
      return "recipes run one at a time"
    }
    if words[0].hasPrefix("-") { return "mmq's own options stand before --" }
    let value = Double(words[0]) == nil ? "VALUE" : words[0]
    let all = options.map { "--\($0)=\(value)" }.joined(separator: " ")
    let known = options.isEmpty ? "it has no options either" : "its options are \(mark)\(all)"
    return mark.isEmpty || value == words[0]
      ? known : "\(known); a command to trace is -c '\(text)'"
  }
}
