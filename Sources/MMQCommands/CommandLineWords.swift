// The words of the command line: mmq's own, and behind `--` those of the script or of a command.

internal import ArgumentParser

/// ArgumentParser knows no second list of words behind a first one, so the line of a command that
/// has two is cut before it sees it.
enum CommandLineWords {
  static let own = hasTwoLists ? Array(all.prefix { $0 != "--" }) : all
  /// Of `run`, `check` and `recipe`, the script's own; of `record`, a command to run.
  static let behind = hasTwoLists ? Array(all.drop { $0 != "--" }.dropFirst()) : []

  /// Somebody wrote the mark, with or without words behind it.
  static let hasMark = hasTwoLists && all.contains("--")

  private static let all = Array(CommandLine.arguments.dropFirst())

  /// `run`, which needs not be named, and those that are named here.
  private static var hasTwoLists: Bool {
    let cut = [
      RunCommand._commandName, CheckCommand._commandName, RecordCommand._commandName,
      RecipeCommand._commandName,
    ]
    let others = MMQCommand.configuration.subcommands.map { $0._commandName }
      .filter { !cut.contains($0) }
    // What completion scripts ask has words of its own behind '--'.
    return !(others + ["---completion"]).contains(all.first ?? "")
  }
}
