// Words of the command line that nobody knows, and what was probably meant.

internal import ArgumentParser
internal import Glibc
internal import MMQLanguage
internal import MMQRecipes

enum UnknownWords {
  static let commands =
    MMQCommand.configuration.subcommands.map { $0._commandName } + ["help"]

  /// What people type who come from other tools, and what it is here.
  private static let elsewhere = [
    "report": "events", "script": "events", "dump": "events", "show": "events",
    "stat": "info", "top": "recipe mm-health", "recipes": "recipe", "start": "record",
    "probes": "list", "fields": "list -v", "format": "fmt", "lint": "check", "shell": "repl",
  ]

  /// The command that a word stands for: nil where nothing is near enough.
  static func command(near word: String) -> String? {
    if let known = elsewhere[word] { return known }
    let recipes = RecipeLibrary.all().map(\.name)
    if recipes.contains(word) { return "recipe \(word)" }
    return Nearest.name(to: word, among: commands)
      ?? Nearest.name(to: word, among: recipes).map { "recipe \($0)" }
  }

  /// A word that could be a command or a recipe, and is no file.
  static func isLikeCommand(_ word: String) -> Bool {
    word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } && word.first?.isLetter == true
      && access(word, F_OK) != 0
  }

  /// A program, or only a probe, in the place of a file.
  static func isLikeProgram(_ word: String) -> Bool {
    guard access(word, F_OK) != 0 else { return false }
    return word.contains("{") || word.contains(":") && EventNames.isName(word)
  }

  /// For a first word that is neither a command nor a script.
  static func problem(with word: String) -> String {
    "mmq: there is no command and no script '\(word)'; "
      + (command(near: word).map { "did you mean mmq \($0)?" } ?? "mmq --help lists the commands")
  }

  /// Words that ask for help, as the commands know it: `help recipe kswapd` is `recipe kswapd --help`. Throws a
  /// Stop where there is nothing of that name.
  static func ofHelp(_ words: [String]) throws -> [String] {
    guard words.first == "help", words.count > 1 else { return words }
    let (name, rest) = (words[1], words.dropFirst(2))
    if name == RecipeCommand._commandName { return [name] + rest.prefix(1) + ["--help"] }
    if commands.contains(name) || name.hasPrefix("-") { return [words[0], name] }
    if RecipeLibrary.all().contains(where: { $0.name == name }) {
      return [RecipeCommand._commandName, name, "--help"]
    }
    throw Stop(
      status: Stop.usageError,
      message: "mmq: there is no command '\(name)'; "
        + (command(near: name).map { "did you mean mmq help \($0)?" }
          ?? "mmq --help lists them"))
  }

  /// What the parser says of words that it cannot take, with a better guess of what was meant.
  static func message(for error: any Error, _ words: [String]) -> String {
    let first = words.first ?? ""
    if !commands.contains(first), isLikeCommand(first) { return problem(with: first) }
    let message = MMQCommand.fullMessage(for: error)
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return ([corrected(lines[0], words)] + lines.dropFirst()).joined(separator: "\n")
  }

  private static let unknownOption = "Error: Unknown option '"
  private static let unexpected = "Error: Unexpected argument '"

  /// The parser's own guesses are too bold, and leave out the options of all commands.
  private static func corrected(_ line: String, _ words: [String]) -> String {
    let command = words.first ?? ""
    for start in [unknownOption, unexpected] where line.hasPrefix(start) {
      let word = String(line.dropFirst(start.count).prefix { $0 != "'" })
      let told = "\(start)\(word)'"
      if start == unknownOption {
        if let advice = advice(on: word, words) { return "\(told); \(advice)" }
        return told + (option(near: word, of: command).map { ". Did you mean '\($0)'?" } ?? "")
      }
      return access(word, R_OK) == 0 ? told + "; a recording is named with -i \(word)" : line
    }
    return line
  }

  /// What other tools have there, and options of a script.
  private static func advice(on option: String, _ words: [String]) -> String? {
    if words.first == RecordCommand._commandName, option == "-e" {
      return "events stand alone, as in mmq record -o FILE kmem:mm_page_alloc"
    }
    if words.first == RecipeCommand._commandName, option == "-e" || option == "-l" {
      return "recipe takes a name: no -e, no -l"
    }
    let name = option.drop { $0 == "-" }
    let recipe = RecipeLibrary.all().first { words.first == "recipe" && words.contains($0.name) }
    guard let recipe, recipe.header.options.contains(where: { $0.name == name }) else { return nil }
    let given = words.first { $0 == option || $0.hasPrefix(option + "=") } ?? option
    return "options of the recipe stand behind '--': mmq recipe \(recipe.name) … -- \(given)"
  }

  private static func option(near word: String, of command: String) -> String? {
    let type =
      MMQCommand.configuration.subcommands.first { $0._commandName == command } ?? RunCommand.self
    let help = MMQCommand.helpMessage(for: type)
    let names = help.split { !($0.isLetter || $0 == "-") }.map(String.init).filter {
      $0.hasPrefix("--") && $0.count > 2
    }
    return Nearest.name(to: word, among: names + ["--help", "--version"])
  }
}
