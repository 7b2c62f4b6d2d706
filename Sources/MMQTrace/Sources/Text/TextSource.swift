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
  /// Of an event: it stands for the recording that the text was made of.
  let firstLine: [UInt8]?
  private let catalog: TextCatalog
  private let symbols = TextSymbols()
  private let hasStacks: Bool
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
    while var block = lines.next() { survey.take(&block) }
    survey.reportFolds()
    if let problem = survey.problem { throw problem }
    self.file = file
    (name, canReadAgain, self.damage) = (file.path, true, damage)
    (hasStacks, firstLine) = (false, survey.firstLine)
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
    if let problem = survey.problem { throw problem }
    file = nil
    (self.name, canReadAgain, self.damage) = (name, false, damage)
    (hasStacks, firstLine) = (false, survey.firstLine)
    catalog = survey.catalog()
    schemas = catalog.schemas
    (machine, clock) = (TextSource.machine(formats), TextSource.clock(catalog))
    formatDescription = survey.description + " from a pipe"
    stream = TextStream(lines, from: first.span, catalog) { tally, problem in
      withExtendedLifetime(first) { TextSource.report(tally, problem, to: damage) }
    }
  }

  /// The same text, with its stacks.
  private init(stacksOf other: TextSource) {
    (name, formatDescription, machine) = (other.name, other.formatDescription, other.machine)
    (schemas, clock, damage) = (other.schemas, other.clock, other.damage)
    (canReadAgain, catalog, file) = (other.canReadAgain, other.catalog, other.file)
    (stream, firstLine) = (other.stream, other.firstLine)
    hasStacks = true
    stream?.keep(stacks)
  }

  public var withStacks: any TraceSource { TextSource(stacksOf: self) }

  /// Of records that only sources with stacks have.
  public var stackSchema: EventSchema? { TextStacks.schema(catalog.nextID) }

  private var stacks: TextStacks { TextStacks(catalog.nextID, symbols) }

  private static func machine(_ formats: EventFormats?) -> TracedMachine {
    TracedMachine(
      byteOrder: .host, longSize: formats?.longSize ?? 8, pageSize: 4096, uname: formats?.uname)
  }

  private static func clock(_ catalog: TextCatalog) -> TraceClock {
    if catalog.columns.contains(.ticks) { return TraceClock(name: TraceClock.ticks) }
    return TraceClock(name: catalog.columns.contains(.relative) ? "relative" : nil)
  }

  /// Its lines were printed with the option `raw`: they have numbers in place of names, and no fields.
  public var isRaw: Bool { catalog.columns.contains(.raw) }

  public var savedComms: [(tid: Int32, comm: String)] { [] }

  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? {
    file.map { ($0.bytesRead, $0.size) }
  }

  public func kernelSymbols() -> KernelSymbols { symbols.symbols(besides: nil) }

  /// Made-up addresses of functions mean nothing to the symbols that are given, which know the others.
  public func kernelSymbols(besides given: KernelSymbols?) -> KernelSymbols {
    hasStacks ? symbols.symbols(besides: given) : given ?? .none
  }

  public var kernelStart: UInt64? { nil }

  public var symbolsGrow: Bool { true }

  public func openStreams() -> [any PageStream] {
    if let stream { return [stream] }
    guard let file else { return [] }
    let lines = TextLines(TextFileInput(file))
    return [
      TextStream(lines, from: nil, catalog, hasStacks ? stacks : nil) { [damage] tally, problem in
        TextSource.report(tally, problem, to: damage)
      }
    ]
  }

  /// After a pass to the end.
  private static func report(_ tally: TextTally, _ problem: TraceError?, to damage: DamageLog) {
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
      survey.take(&block)
      lines.hasFolds = survey.hasFolds
    }
    survey.reportFolds()
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
