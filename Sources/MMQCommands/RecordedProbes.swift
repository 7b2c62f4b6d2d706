// The attach points and predicates of `mmq record`: those of scripts, without a script.

internal import MMQ
internal import MMQLanguage
internal import MMQTrace

struct RecordedProbes {
  private let text: Source

  /// A word is a probe as in a script, or the predicate of the one before. Throws a Stop where it is neither.
  init(_ words: [String]) throws {
    try RecordedProbes.refuseCommand(words)
    var probes: [String] = []
    for word in words {
      if word.hasPrefix("/"), let last = probes.popLast() {
        probes.append("\(last) \(word)")
      } else {
        probes.append(word)
      }
    }
    for probe in probes { try RecordedProbes.check(probe) }
    text = Source(name: "probes", probes.map { $0 + " {}" }.joined(separator: "\n"))
  }

  /// Other tools take a command without a mark.
  private static func refuseCommand(_ words: [String]) throws {
    let start = words.indices.dropFirst().first {
      !words[$0].contains(":") && TracedCommand.problem(words[$0]) == nil
    }
    guard let start else { return }
    throw Stop(
      status: Stop.usageError,
      message: "mmq: '\(words[start])' is no event: a command stands behind '--', as "
        + "\(words[..<start].joined(separator: " ")) -- \(words[start...].joined(separator: " "))")
  }

  private static func check(_ probe: String) throws {
    let names = probe.prefix { $0 != "/" }
    let isName = EventNames.isName(names.filter { $0 != " " })
    guard isName, names.count < probe.count else {
      return try EventNames.check([isName ? String(names) : probe], of: "record")
    }
    let (program, _) = Parser.parse(Source(name: "probes", probe + " {}"))
    guard program.probes.count < 2, program.probes.allSatisfy(\.body.statements.isEmpty) else {
      throw Stop(
        status: Stop.usageError,
        message:
          "mmq: '\(probe)' is no event: record takes names, and a predicate behind them, such as "
          + "'kmem:mm_page_alloc /args.order > 3/'")
    }
  }

  func script(for target: Target) -> Script { Script(text, for: target) }

  /// The events to enable. Those that tell of tasks' names and processes are recorded, too: a reader
  /// knows them by nothing else. Throws a Stop that says what is wrong.
  func events(of source: LiveSource, withStacks: Bool) throws -> (LiveEvents, RecordedFilters) {
    let script = script(for: Target(source).trusted)
    try ScriptReport.check(script, showsWarnings: false)
    for probe in script.plan().probes where probe.events.isEmpty {
      throw Stop(
        status: Stop.usageError, message: "mmq: \(probe.attachPoint) is no event of the kernel")
    }
    var events = script.liveEvents()
    events.tasks = source.schemas.map(\.fullName).filter(LiveSource.taskEvents.contains).sorted()
    events.keepTasks()
    guard !events.wanted.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: none of the events is there")
    }
    if withStacks { events.stacks = Set(events.wanted) }
    return (events, try RecordedFilters(script, events))
  }
}
