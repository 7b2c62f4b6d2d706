// Text that tools print: a recording that somebody pasted into a bug report can be asked, too.

internal import Synchronization

/// ftrace's `trace` and `trace_pipe`, trace-cmd report, perf script. A line becomes a record of an event
/// whose fields the format tells, or the line itself.
public final class TextSource: TraceSource {
  public let name: String
  public let formatDescription: String
  public let machine: TracedMachine
  public let schemas: [EventSchema]
  public let clock: TraceClock
  public let damage: DamageLog
  /// A pipe is read once.
  public let canReadAgain: Bool
  private let catalog: TextCatalog
  private let file: InputFile?
  /// Of a pipe: the only stream there is.
  private var stream: TextStream?

  /// True if a file that starts with `head` is text.
  public static func recognises(_ head: UnsafeRawBufferPointer) -> Bool {
    !head.isEmpty && head.allSatisfy { $0 >= 32 && $0 != 127 || $0 >= 9 && $0 <= 13 }
  }

  /// Reads the whole file once: what an event consists of, only all of its lines tell.
  init(_ file: InputFile, _ formats: EventFormats?) throws(TraceError) {
    let damage = DamageLog()
    let survey = TextSurvey(formats, damage)
    let lines = TextLines(TextFileInput(file))
    while var block = lines.next() {
      while let line = block.takeLine() { _ = survey.take(line) }
    }
    if survey.events == 0, !survey.hasHeader { throw TextSource.noTrace }
    self.file = file
    (name, canReadAgain, self.damage) = (file.path, true, damage)
    catalog = survey.catalog()
    schemas = catalog.schemas
    (machine, clock) = (TextSource.machine(formats), TextSource.clock(catalog))
    formatDescription = survey.description
  }

  /// Learns from the first lines only.
  init(_ pipe: TextPipe, name: String, _ formats: EventFormats?) throws(TraceError) {
    let damage = DamageLog()
    let survey = TextSurvey(formats, damage)
    let lines = TextLines(pipe)
    let first = FirstLines(lines, survey)
    if survey.events == 0, !survey.hasHeader { throw TextSource.noTrace }
    file = nil
    (self.name, canReadAgain, self.damage) = (name, false, damage)
    catalog = survey.catalog()
    schemas = catalog.schemas
    (machine, clock) = (TextSource.machine(formats), TextSource.clock(catalog))
    formatDescription = survey.description + " from a pipe"
    stream = TextStream(lines, from: first.span, catalog) { [unowned self] tally, problem in
      withExtendedLifetime(first) { report(tally, problem) }
    }
  }

  private static let noTrace = TraceError(
    "is text, but no line is one of ftrace's trace, of trace-cmd report or of perf script")

  private static func machine(_ formats: EventFormats?) -> TracedMachine {
    TracedMachine(
      byteOrder: .host, longSize: formats?.longSize ?? 8, pageSize: 4096, uname: formats?.uname)
  }

  private static func clock(_ catalog: TextCatalog) -> TraceClock {
    if catalog.columns.contains(.ticks) { return TraceClock(name: TraceClock.ticks) }
    return TraceClock(name: catalog.columns.contains(.relative) ? "relative" : nil)
  }

  public var savedComms: [(tid: Int32, comm: String)] { [] }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    file.map { ($0.bytesRead, $0.size) }
  }

  public func kernelSymbols() -> KernelSymbols { .none }

  public func openStreams() -> [any PageStream] {
    if let stream { return [stream] }
    guard let file else { return [] }
    return [
      TextStream(TextLines(TextFileInput(file)), from: nil, catalog) { [weak self] tally, problem in
        self?.report(tally, problem)
      }
    ]
  }

  /// After a pass to the end.
  private func report(_ tally: TextTally, _ problem: TraceError?) {
    tally.report(to: damage)
    guard let problem else { return }
    damage.noteOnce(.error, "unreadable", "\(problem.message): the rest is missing")
  }
}

/// The lines that a pipe has at first: kept, as they are learned from and then read.
private final class FirstLines {
  private var bytes: [UInt8] = []
  private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

  /// So much is enough.
  private static let most = 1 << 20

  /// Reads until an event is there and nothing follows at once.
  init(_ lines: TextLines, _ survey: TextSurvey) {
    while bytes.count < FirstLines.most, var block = lines.next() {
      if block.isEmpty {
        if survey.events > 0 { break }
        continue
      }
      bytes += UnsafeBufferPointer(start: block.start, count: block.count)
      while let line = block.takeLine() { _ = survey.take(line) }
    }
    memory = .allocate(capacity: bytes.count + TextLines.padding)
    memory.initialize(repeating: 0)
    for (index, byte) in bytes.enumerated() { memory[index] = byte }
  }

  deinit { memory.deallocate() }

  var span: TextSpan {
    let start = TextPointer(memory.baseAddress!)
    return TextSpan(start: start, end: start + bytes.count)
  }
}
