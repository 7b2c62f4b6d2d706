// `mmq check`: says what is wrong with scripts, and runs nothing.

internal import ArgumentParser
internal import MMQ
internal import MMQLanguage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks a script against a recording, and runs nothing.",
    discussion: "Without -i, the script is checked against the running kernel.")

  @OptionGroup var program: ScriptOptions

  @Option(name: .shortAndLong, help: "The recordings whose events the script is for.")
  var input: [String] = []

  @OptionGroup var formats: FormatsOption

  func run() throws {
    let text = try program.load()
    let script = program.script(text, for: try Recording.target(input, formats))
    try ScriptReport.check(script, showsWarnings: true)
    Console.error(
      "\(text.name): ok, \(script.probeCount) probe\(script.probeCount == 1 ? "" : "s")")
  }
}
