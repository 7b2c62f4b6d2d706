// `mmq check`: says what is wrong with scripts, and runs nothing.

internal import ArgumentParser
internal import MMQ
internal import MMQLanguage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks scripts against a recording, and runs nothing.",
    discussion: """
      Without -i, the scripts are checked against the running kernel. Behind '--' stand the
      options and $1, $2, … that they will be run with.
      """)

  @Option(
    name: [.short, .customLong("expression")],
    help: "A program itself; several are the lines of one program.")
  var e: [String] = []

  @Argument(help: "The scripts; '-' is standard input.", completion: .file())
  var scripts: [String] = []

  @Option(
    name: .shortAndLong, help: "The recordings whose events the scripts are for.",
    completion: .file())
  var input: [String] = []

  @OptionGroup var formats: FormatsOption

  @OptionGroup var coloring: ColorOption

  func validate() throws {
    if e.isEmpty, scripts.isEmpty {
      throw ValidationError("no script: give files, '-' or -e 'PROGRAM'")
    }
  }

  /// All scripts are checked; one with errors is enough for the status.
  func run() throws {
    let target = try Recording.target(input, formats)
    var status: Int32 = 0
    for script in (e.isEmpty ? [] : [nil]) + scripts {
      do {
        try check(script, for: target)
      } catch let stop as Stop {
        if let message = stop.message { Console.error(message) }
        status = stop.status
      }
    }
    if status != 0 { throw Stop(status: status) }
  }

  /// The file, or what -e says.
  private func check(_ path: String?, for target: Target) throws {
    let text = try path.map { try ScriptOptions.script($0) } ?? ScriptOptions.joined(e)
    var parameters = ScriptParameters(words: CommandLineWords.behind)
    parameters.settings = try Environment.settings()
    let script = Script(text, for: target, parameters: parameters, files: ImportedFiles())
    try ScriptReport.check(script, showsWarnings: true)
    Console.error(
      "\(text.name): ok, \(script.probeCount) probe\(script.probeCount == 1 ? "" : "s")")
  }
}
