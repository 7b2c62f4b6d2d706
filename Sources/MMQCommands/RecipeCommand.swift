// `mmq recipe`: lists the library, and runs or shows a recipe.

internal import ArgumentParser
internal import MMQ
internal import MMQLanguage
internal import MMQRecipes
internal import MMQTrace

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract:
      "Lists the shipped scripts; runs one over the running kernel, or with -i a recording.",
    usage: """
      mmq recipe [-f json]
      mmq recipe NAME --help
      mmq recipe NAME [--show | -i FILE] [OPTIONS] [-- --seconds=1 …]
      """,
    discussion: """
      Scripts in $XDG_DATA_HOME/mmq/recipes (~/.local/share/mmq/recipes) are recipes, too. All \
      options of `mmq run` are for recipes as well; those of the recipe itself stand behind '--'.
      """,
    // A recipe has help of its own.
    helpNames: [])

  @Flag(help: "Print the recipe's text: the start of a script of one's own.")
  var show = false

  @Flag(
    name: [.customShort("h"), .customLong("help")],
    help: "What the recipe tells, and how to read it.")
  var wantsHelp = false

  @Argument(
    help: .init(
      "The recipe; then $1, $2, … of one that reads them.",
      discussion: "Behind '--' the recipe's own options, --name=value.", valueName: "name"),
    completion: ShellCompletion.scripts)
  var words: [String] = []

  @OptionGroup var question: Question

  func run() throws {
    guard let name = words.first else { return try list() }
    let recipe = try Recipes.named(name)
    if wantsHelp { return Pager.show(RecipeText.help(recipe)) }
    if show { return recipe.text.withUnsafeBytes { Console.write($0) } }
    let text = Source(name: recipe.fileName, text: recipe.text)
    try question.run(text, try ScriptOptions.parameters(words.dropFirst()), as: .recipe) {
      Recipes.haveAnswer(recipe, in: $0, isQuiet: question.flags.quiet)
    }
  }

  private func list() throws {
    if wantsHelp {
      return Console.print(MMQCommand.helpMessage(for: RecipeCommand.self) + "\n")
    }
    if !question.input.isEmpty || show {
      throw Stop(status: Stop.usageError, message: "mmq: name a recipe; mmq recipe lists them")
    }
    let recipes = RecipeLibrary.all()
    switch question.results.formatName {
    case "text": Pager.show(recipes.map(RecipeText.entry).joined())
    case "json": Console.print(RecipeText.json(recipes))
    case "markdown": Console.print(RecipeText.markdown(recipes))
    default:
      throw Stop(
        status: Stop.usageError, message: "mmq: the list of recipes is text, json or markdown")
    }
  }
}
