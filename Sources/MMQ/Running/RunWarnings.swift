// What a run must say of itself at its end: nothing that was skipped stays unsaid.

internal import MMQLanguage
internal import MMQTrace

/// Collects the sentences for stderr.
struct RunWarnings {
  let faults: Faults
  let skips: Session.SkipCounts
  let ticker: Ticker
  let code: Code
  let script: Script
  let schemas: [EventSchema]
  let clock: TraceClock
  /// Times are shown, or decide when something runs.
  let usesClock: Bool
  /// What the texts of printed events leave out.
  let eventTexts: [String]
  /// Updates that maps could not take.
  let dropped: [DroppedUpdates]
  /// Bytes that all maps and strings may have, if there is a limit.
  let mapMemory: Int?
  /// How often live records came too late for their order.
  let late: UInt64
  /// Events were lost in a run that learns of tasks from events.
  let hasDoubtfulTasks: Bool

  /// What ended the run.
  var failure: RunError? {
    faults.failure.map { failure in
      guard let instruction = failure.instruction else {
        return RunError(kind: failure.kind, file: "", line: 0, column: 0)
      }
      let start = code.spans[instruction].start
      let (line, column) = script.text.position(of: start)
      return RunError(
        kind: failure.kind, file: script.text.name(at: start), line: line, column: column)
    }
  }

  /// Counts apart, so that a saved state can add those of several runs.
  func found() -> [RunWarning] {
    var all = arithmetic()
    if let failure { all.append(RunWarning(failure.description)) }
    all += records()
    if faults.strayStrings > 0 {
      all.append(
        "WARNING: \(count: faults.strayStrings) strings lie outside of their records; read as \"\"")
    }
    if faults.noSymbols {
      all.append(
        "WARNING: there are no kernel symbols; addresses stay numbers (--kallsyms FILE brings them: "
          + "root's copy of /proc/kallsyms, of the same boot)")
    }
    all += stacks() + tasks()
    if faults.cutFiles > 0 {
      all.append(
        "WARNING: cat() cut \(count: faults.cutFiles) "
          + "\(faults.cutFiles, one: "file", many: "files") (config max_cat_bytes)")
    }
    if faults.noDate {
      all.append("WARNING: the recording has no date; its times count from its clock's zero")
    }
    all += dropped.map { Self.warning($0, mapMemory) }
    if late > 0 {
      all.append(
        "WARNING: events came so late that others ran before them, \(times: late)")
    }
    return all + eventTexts.map { RunWarning($0) } + ticks()
  }

  /// What there is to say of a source that is not the run's first.
  func foundInSource() -> [RunWarning] { records() + eventTexts.map { RunWarning($0) } + ticks() }

  private static func warning(_ dropped: DroppedUpdates, _ mapMemory: Int?) -> RunWarning {
    let count = dropped.count
    switch dropped.reason {
    case .full:
      return "WARNING: @\(dropped.map) was full: new keys were dropped \(times: count)"
    case .memory:
      return "WARNING: @\(dropped.map): \(count: count) "
        + "\(count, one: "update was", many: "updates were") dropped: \(exhausted(mapMemory))"
    }
  }

  /// What there is to say as soon as the first update is dropped.
  static func exhausted(_ mapMemory: Int?) -> String {
    "the maps' memory of \(ByteCount.text(mapMemory ?? 0)) is used up; --map-memory gives more"
  }

  private func stacks() -> [RunWarning] {
    var all: [RunWarning] = []
    let (asked, missing, damaged) = faults.stacks
    if asked > 0, missing == asked {
      all.append(
        "WARNING: no event has a stack: trace-cmd record -T and perf record -g record them")
    } else if missing > 0 {
      all.append(
        "WARNING: \(count: missing) of \(count: asked) events have no stack; theirs is empty")
    }
    if damaged > 0 {
      all.append("WARNING: damaged stacks were read as far as they go, \(times: damaged)")
    }
    return all
  }

  private func tasks() -> [RunWarning] {
    var all: [RunWarning] = []
    if faults.noGroup {
      all.append("WARNING: nothing tells the process of some threads; their pid is their tid")
    }
    if hasDoubtfulTasks {
      all.append(
        "WARNING: lost events may have told of tasks: a comm or pid after them may be an old one")
    }
    return all
  }

  private func arithmetic() -> [RunWarning] {
    faults.divisions.sorted { $0.key < $1.key }.map { instruction, count in
      "\(place(instruction)): WARNING: division by zero gave 1, \(times: count)"
    }
      + faults.outOfBounds.sorted { $0.key.start < $1.key.start }.map { span, count in
        "\(place(span)): WARNING: an index out of bounds of the array gave 0, \(times: count)"
      }
  }

  private func records() -> [RunWarning] {
    var all: [RunWarning] = []
    for (type, count) in skips.short.sorted(by: { $0.key < $1.key }) {
      let name = schemas.first { $0.id == type }?.fullName ?? "type \(type)"
      all.append(
        "WARNING: a block was skipped \(times: count): records of \(name) too short for it")
    }
    if !skips.unknown.isEmpty {
      let types = skips.unknown.keys.sorted()
      let shown = types.prefix(8).map(String.init).joined(separator: ", ")
      all.append(
        "WARNING: \(count: skips.unknown.values.reduce(0, +)) records of unknown events were skipped "
          + "(type \(shown)\(types.count > 8 ? ", …" : ""))")
    }
    if skips.empty > 0 { all.append("WARNING: \(count: skips.empty) empty records were skipped") }
    return all
  }

  private func ticks() -> [RunWarning] {
    var all: [RunWarning] = []
    if ticker.gaps > 0 {
      all.append(
        "WARNING: \(count: ticker.skipped) ticks were skipped in \(count: ticker.gaps) "
          + "\(ticker.gaps, one: "gap", many: "gaps") of more than \(Ticker.gapLimit) periods")
    }
    if usesClock, !clock.isNanoseconds {
      all.append(
        "WARNING: the clock \(clock.name ?? "") counts no nanoseconds; times are in its units")
    }
    return all
  }

  private func place(_ instruction: Int) -> String {
    place(code.spans[instruction])
  }

  private func place(_ span: Span) -> String {
    let (line, column) = script.text.position(of: span.start)
    return "\(script.text.name(at: span.start)):\(line):\(column)"
  }
}
