// The attach points of `mmq record`: those of scripts, without a script.

internal import MMQ
internal import MMQLanguage
internal import MMQTrace

struct RecordedProbes {
  private let text: Source

  /// Throws a Stop where a word is no attach point.
  init(_ words: [String]) throws {
    try EventNames.check(words, of: "record")
    text = Source(name: "probes", words.joined(separator: ", ") + " {}")
  }

  func script(for target: Target) -> Script { Script(text, for: target) }

  /// The events to enable. Those that tell of tasks' names and processes are recorded, too: a reader
  /// knows them by nothing else. Throws a Stop that says what is wrong.
  func events(of source: LiveSource) throws -> LiveEvents {
    let script = script(for: Target(source).trusted)
    try ScriptReport.check(script, showsWarnings: false)
    for probe in script.plan().probes where probe.events.isEmpty {
      throw Stop(
        status: Stop.usageError, message: "mmq: \(probe.attachPoint) is no event of the kernel")
    }
    var events = script.liveEvents()
    events.tasks = source.schemas.map(\.fullName).filter(LiveSource.taskEvents.contains).sorted()
    guard !events.wanted.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: none of the events is there")
    }
    return events
  }
}
