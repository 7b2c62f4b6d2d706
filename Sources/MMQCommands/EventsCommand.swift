// `mmq events`: the events as the kernel's `trace` file prints them.

internal import ArgumentParser
internal import MMQ
internal import MMQLanguage
internal import MMQTrace

struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Prints events as the kernel's 'trace' file does: of a recording, or as they happen.",
    discussion: """
      Examples:
        mmq events -i trace.dat
        mmq events -i trace.dat --from +2 --to +2.5 'vmscan:*' oom:mark_victim
        mmq events -p 1234 'syscalls:sys_enter_*'    # live, until Ctrl-C
      """)

  @Argument(
    help: .init(
      "Which, as in scripts: system:event, with * and [a-z]; without them, all of a recording.",
      valueName: "events"), completion: ShellCompletion.events)
  var names: [String] = []

  @Option(
    name: .shortAndLong,
    help: "The recording; '-' is standard input. Several are merged by time.",
    completion: .file())
  var input: [String] = []

  @OptionGroup var recording: RecordingOptions

  @OptionGroup var live: LiveCommandOptions

  @Option(name: .shortAndLong, help: "The file that the lines go to.", completion: .file())
  var output: String?

  @OptionGroup var flags: CommonFlags

  @Flag(name: .customLong("no-progress"), help: "Show no progress bar.")
  var noProgress = false

  @OptionGroup var coloring: ColorOption

  func run() throws {
    try FileKind.checkWords(names)
    if names.isEmpty, input.isEmpty {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: name the events of the running kernel, such as 'vmscan:*', or a recording "
          + "with -i FILE")
    }
    let probes = try EventNames.probes(names.isEmpty ? ["*:*"] : names)
    try question().run(probes, try ScriptOptions.parameters([]), as: .listing(ofAll: names.isEmpty))
  }

  /// These options, of a script that is not on the command line.
  private func question() throws -> Question {
    var question = try Question.parse([])
    coloring.apply()
    question.input = input
    question.recording = recording
    question.live = live
    question.output = output
    question.flags = flags
    question.results.noProgress = noProgress
    return question
  }
}
