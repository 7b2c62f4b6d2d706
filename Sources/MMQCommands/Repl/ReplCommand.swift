// `mmq repl`: questions and answers at a prompt, over one recording or the running kernel.

internal import ArgumentParser
internal import Glibc

struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract:
      "Opens a prompt over a recording or the running kernel; also plain mmq on a terminal.",
    discussion: """
      At the prompt .help lists the commands; a program, an event or an expression is run.
      Where standard input is no terminal, there is no prompt: mmq repl -i FILE < questions.
      """)

  @Option(
    name: .shortAndLong, help: "The recordings; without any, the running kernel.",
    completion: .file())
  var input: [String] = []

  @OptionGroup var recording: RecordingOptions

  @Option(
    name: .short,
    help: .init("Live, the ring of each CPU, such as 512K or 16M.", valueName: "size"))
  var b: RingSize?

  @OptionGroup var results: ResultOptions

  @Flag(name: .shortAndLong, help: "Only errors on standard error.")
  var quiet = false

  func validate() throws {
    if input.contains("-") {
      throw ValidationError("repl reads questions from standard input: name a file with -i")
    }
  }

  func run() throws {
    let isInteractive = Console.inputIsTerminal && Console.outputIsTerminal
    var settings = ReplSettings(isInteractive: isInteractive)
    settings.format = try OutputFormat(name: results.formatName)
    settings.isQuiet = quiet
    settings.showsWarnings = !quiet && !results.noWarnings
    settings.allowsCommands = results.unsafe
    settings.showsProgress = !quiet && !results.noProgress
    let source = try ReplInput(input, recording, ringKilobytes: b?.kilobytes)
    let session = ReplSession(source, settings)
    let lines: any LineSource = isInteractive ? LineEditor(session) : PlainLines()
    ReplSignals.catchAll(isInteractive: isInteractive)
    session.greet()
    session.readAll(lines)
    if session.status != 0 { throw Stop(status: session.status) }
  }
}
