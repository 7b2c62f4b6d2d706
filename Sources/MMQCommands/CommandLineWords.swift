// The words of the command line: mmq's own, and behind `--` those of the script.

internal import ArgumentParser

/// ArgumentParser knows no second list of words behind a first one, so the line of a command that
/// takes a script is cut before it sees it.
enum CommandLineWords {
  static let own = takesScript ? Array(all.prefix { $0 != "--" }) : all
  static let ofScript = takesScript ? Array(all.drop { $0 != "--" }.dropFirst()) : []

  private static let all = Array(CommandLine.arguments.dropFirst())

  /// `run`, which needs not be named, and `check`.
  private static var takesScript: Bool {
    let others = MMQCommand.configuration.subcommands.map { $0._commandName }
      .filter { $0 != RunCommand._commandName && $0 != CheckCommand._commandName }
    return !others.contains(all.first ?? "")
  }
}
