// `mmq list`: the tracepoints there are, with their fields.

internal import ArgumentParser

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists tracepoints, and with -v their fields.",
    discussion: "Without -i, those of the running kernel.")

  @Argument(help: "Only these: system:event, with * and [a-z].")
  var pattern: String?

  @Option(name: .shortAndLong, help: "The recordings whose events are listed.")
  var input: [String] = []

  @OptionGroup var formats: FormatsOption

  @Flag(name: .shortAndLong, help: "Show fields, their types and the names of their values.")
  var verbose = false

  func run() throws { try ProbeList.print(pattern, input, formats, isVerbose: verbose) }
}
