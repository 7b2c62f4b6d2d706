// `mmq list`: the tracepoints there are, with their fields.

internal import ArgumentParser

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists tracepoints, and with -v their fields.",
    discussion: "Without -i, those of the running kernel.")

  @Argument(help: "Only these: system:event, with * and [a-z].", completion: ShellCompletion.events)
  var pattern: String?

  @Option(name: .shortAndLong, help: "The recordings whose events are listed.", completion: .file())
  var input: [String] = []

  @OptionGroup var formats: FormatsOption

  @Flag(name: .shortAndLong, help: "Show fields, their types and the names of their values.")
  var verbose = false

  @OptionGroup var coloring: ColorOption

  func run() throws {
    if let pattern { try FileKind.checkWords([pattern]) }
    try ProbeList.print(pattern, input, formats, isVerbose: verbose)
  }
}
