// `mmq SCRIPT`: runs a script over a recording or the running kernel. The default subcommand.

internal import ArgumentParser

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a script over the running kernel, or with -i over a recording (the default).",
    discussion: "-e and -i may be repeated; each other option with a value is given once.")

  @OptionGroup var program: ScriptOptions

  @Flag(
    name: .shortAndLong,
    help: "List tracepoints, of a pattern if one is given, or the probes of a script; -v: fields.")
  var list = false

  @OptionGroup var question: Question

  func run() throws {
    if list {
      return try ProbeList.print(
        program, question.input, question.recording.formats, isVerbose: question.flags.verbose)
    }
    try question.run(try program.load(), try program.parameters())
  }
}
