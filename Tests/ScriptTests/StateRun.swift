// Runs that leave a state, and what states print.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

/// A script over a recording in this process, with its state.
struct StateRun {
  var state: SavedState
  var output: String

  init(
    _ text: String, _ source: any TraceSource, name: String = "state",
    _ parameters: ScriptParameters = ScriptParameters(), files: (any ScriptFiles)? = nil,
    jobs: Int? = nil, change: (inout Selection) -> Void = { _ in }
  ) throws {
    var options = RunOptions()
    options.keepsState = true
    options.jobs = jobs
    var selection = Selection()
    change(&selection)
    let isAll =
      selection.from == nil && selection.to == nil && selection.cpus == nil
      && selection.process == nil && selection.buffer == nil
    if !isAll { options.selection = selection }
    let script = Script(
      Source(name: name, text), for: Target(source), parameters: parameters, files: files)
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(problems)")
    var bytes: [UInt8] = []
    let session = try Session(
      script, source, sink: TextRenderer(separator: "") { bytes += Array($0) }, options: options)
    _ = try session.start()
    state = try #require(session.state)
    output = String(decoding: bytes, as: UTF8.self)
  }

  static func state(
    _ text: String, _ capture: String, _ change: (inout Selection) -> Void = { _ in }
  ) throws -> SavedState {
    try StateRun(text, try StateRun.open(capture), change: change).state
  }

  static func open(_ capture: String) throws -> any TraceSource {
    try SourceFormat.open(path: try #require(Places.capture(capture)))
  }
}

extension SavedState {
  /// All that a merge prints and says, as text.
  func text() throws -> String { try shown { TextRenderer(separator: "", write: $0) } }

  func json() throws -> String { try shown { JSONRenderer(write: $0) } }

  private func shown(
    _ sink: (@escaping (UnsafeRawBufferPointer) -> Void) -> any OutputSink
  ) throws -> String {
    var bytes: [UInt8] = []
    let outcome = try report(to: sink { bytes += Array($0) })
    return String(decoding: bytes, as: UTF8.self) + outcome.warnings.joined(separator: "\n")
  }

  /// What is said of the recordings, without how many records were looked at.
  var doubts: [String] {
    recordings.flatMap { recording in
      recording.lost.map { "\($0)" } + recording.warnings.sorted()
        + recording.damage.map { "\($0.first) \($0.count)" }.sorted()
    }
  }

  static func merged(_ states: SavedState...) throws -> SavedState {
    try #require(try merged(states))
  }

  /// Merges in a random order and in random groups, through files.
  static func merged(
    _ states: [SavedState], _ random: inout SeededRandom
  ) throws -> SavedState {
    var rest = states.shuffled(using: &random)
    while rest.count > 1 {
      let count = Int.random(in: 2...rest.count, using: &random)
      let group = try #require(try merged(Array(rest[..<count])))
      rest.removeFirst(count)
      rest.insert(try SavedState(group.bytes), at: Int.random(in: 0...rest.count, using: &random))
    }
    return rest[0]
  }
}
