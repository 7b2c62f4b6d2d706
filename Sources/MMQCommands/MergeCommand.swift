// `mmq merge`: what several runs have found, as one.

internal import ArgumentParser
internal import Glibc
internal import MMQ
internal import MMQTrace

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merges states that run --state has saved, and prints what their runs would have.",
    discussion: """
      The states are of one script with the same parameters: of recordings of any kernels, of live runs, \
      or of parts of a recording. Its blocks of 'end' run over the merged maps. A single state is shown.

      Examples:
        mmq recipe direct-reclaim -i a.dat --state a.mmqs
        mmq recipe direct-reclaim -i b.dat --state b.mmqs
        mmq merge a.mmqs b.mmqs
        mmq merge a.mmqs b.mmqs --state both.mmqs -f json
      """)

  @Argument(
    help: .init("The states; '-' is standard input.", valueName: "states"), completion: .file())
  var files: [String]

  @Option(
    help: .init("Save what was merged in this file, too.", valueName: "file"),
    completion: .file())
  var state: String?

  @OptionGroup var results: ResultOptions

  @Option(name: .shortAndLong, help: "The file that results go to.", completion: .file())
  var output: String?

  @Option(
    help: .init(
      "The time zone of time() and strftime(), such as Europe/Berlin; else the local one.",
      valueName: "zone"))
  var tz: String?

  @Flag(name: .shortAndLong, help: "Only errors on standard error.")
  var quiet = false

  @Flag(help: "Exit with 3 if events were lost or an input was damaged.")
  var strict = false

  func run() throws {
    let format = try OutputFormat(name: results.formatName)
    if let tz { try TimeZone.set(tz) }
    guard let merged = try merge() else { return }
    if let state {
      try StateFile.check(state)
      try StateFile.write(merged, to: state)
    }
    files.forEach(InputFiles.note)
    let place = try Console.openOutput(output)
    let sink = format.sink(
      keyColumns: merged.keyColumns, escapes: isatty(place) == 1, separator: "\n\n"
    ) { Console.write($0, to: place) }
    try finish(
      merged, try attempt { try merged.report(to: sink, host: .trusted, options: .trusted) })
  }

  private func merge() throws -> SavedState? {
    let states = try files.map { try StateFile.read($0) }
    return try attempt { try SavedState.merged(states) }
  }

  private func attempt<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let problem as StateError {
      throw Stop(status: Stop.dataError, message: "mmq: \(problem.message)")
    }
  }

  /// Says what every recording was short of, and ends as a run over all of them would have.
  private func finish(_ merged: SavedState, _ outcome: Outcome) throws {
    for recording in merged.recordings { say(recording, isOnly: merged.recordings.count == 1) }
    if !quiet, !results.noWarnings || outcome.hasFailed {
      outcome.warnings.forEach(Console.error)
    }
    let isDamaged = merged.recordings.contains { $0.damage.contains { $0.severity == .error } }
    if outcome.exitCode != 0 { throw Stop(status: outcome.exitCode) }
    if strict, !outcome.losses.isEmpty || isDamaged { throw Stop(status: Stop.incomplete) }
    if isDamaged || outcome.hasFailed { throw Stop(status: Stop.dataError) }
  }

  private func say(_ recording: StateRecording, isOnly: Bool) {
    let prefix = isOnly ? "" : "\(recording.name): "
    if !quiet { for loss in recording.lost { Console.error(prefix + LossText.line(loss)) } }
    if !quiet, !results.noWarnings {
      for warning in recording.warnings { Console.error(prefix + warning) }
    }
    Recording.report(recording.damage, of: recording.name, isQuiet: quiet)
  }
}
