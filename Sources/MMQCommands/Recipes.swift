// Recipes by name, and whether a source has what they ask for.

internal import MMQ
internal import MMQLanguage
internal import MMQRecipes
internal import MMQTrace

enum Recipes {
  /// Throws a Stop where there is none.
  static func named(_ name: String, listedBy command: String = "mmq recipe") throws -> Recipe {
    let recipes = RecipeLibrary.all()
    if let recipe = recipes.first(where: { $0.name == name }) { return recipe }
    let names = recipes.map(\.name)
    let alike = name.isEmpty ? [] : names.filter { $0.contains(name) }
    let nearest = Nearest.name(to: name, among: names) ?? alike.asChoice
    throw Stop(
      status: Stop.usageError,
      message: "mmq: there is no recipe '\(name)'; "
        + (nearest.map { "did you mean \($0)?" } ?? "\(command) lists them"))
  }

  /// Says which events are not there. Without one that it needs, a recipe has no answer: that is
  /// nobody's mistake.
  static func haveAnswer(_ recipe: Recipe, in sources: [any TraceSource], isQuiet: Bool) -> Bool {
    let known = Set(sources.flatMap(\.schemas).map(\.fullName))
    let missing = recipe.header.events.filter { !$0.isMet(by: known) }
    let place =
      sources[0].isLive ? "this kernel" : sources.map(\.name).joined(separator: ", ")
    let needed = missing.filter { !$0.isOptional }.map(\.description)
    guard needed.isEmpty else {
      let events = needed.joined(separator: ", ")
      Console.error(
        "mmq: \(recipe.name): \(place) has no event \(events): there is nothing to tell")
      explainRaw(sources)
      return false
    }
    if !isQuiet, !missing.isEmpty {
      let events = missing.map(\.description).joined(separator: ", ")
      Console.error(
        "NOTE: \(place) has no event \(events): what \(recipe.name) would tell of them is not known"
      )
      explainRaw(sources)
    }
    return true
  }

  /// Nobody can tell which events such a text has.
  private static func explainRaw(_ sources: [any TraceSource]) {
    for case let text as TextSource in sources.flatMap(\.inputs) where text.isRaw {
      Console.error(
        "HINT: the lines of \(text.name) have numbers in place of events' names, and no fields: "
          + "print the trace without its option raw")
    }
  }
}

extension [String] {
  /// `a, b or c`
  fileprivate var asChoice: String? {
    guard count > 1, let last else { return first }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
