// What mmq asks of anything that holds events: a recording of any format, or the live kernel.

/// A source of events. Opening it reads the metadata; each `openStreams()` starts a pass of its own
/// over the records, so that a program may look at the whole recording before it runs.
public protocol TraceSource: AnyObject {
  /// The path, or another name for messages.
  var name: String { get }
  /// What the source is, for `mmq info`: `trace.dat version 7, zstd`.
  var formatDescription: String { get }
  /// The machine that was traced: what numbers and addresses mean.
  var machine: TracedMachine { get }
  /// All events that its streams may have, each once.
  var schemas: [EventSchema] { get }
  /// What the records' raw time stamps mean.
  var clock: TraceClock { get }
  /// The last known name of each thread, as the recorder saved it.
  var savedComms: [(tid: Int32, comm: String)] { get }
  /// The process of each thread that there was at the start, as far as the source knows. A live source's
  /// threads are those of now.
  var savedGroups: [(thread: Int32, process: Int32)] { get }
  /// Lines of `0xaddress : "text"`, the strings that `trace_printk` names by address.
  var printkFormats: String { get }
  /// Addresses and names of the kernel's functions. Read when first asked for.
  func kernelSymbols() -> KernelSymbols
  /// What `kernelSymbols()` keeps, for a thread that reads it before it is asked for; nil where that is no work
  /// worth a thread.
  var keptSymbols: KeptSymbols? { get }
  /// Those that a run uses where it was given some: a copy of kallsyms counts more than what the source has.
  func kernelSymbols(besides given: KernelSymbols?) -> KernelSymbols
  /// Reading tells of ever more symbols: they are asked for anew each time.
  var symbolsGrow: Bool { get }
  /// Where the kernel lies in memory, which differs from boot to boot; nil where nothing tells it.
  var kernelStart: UInt64? { get }
  /// Of several recordings that are read as one, these: what was damaged is in their logs. Else itself.
  var inputs: [any TraceSource] { get }
  /// One stream for each CPU of each buffer, in order of buffer, then CPU.
  func openStreams() throws -> [any PageStream]
  /// The layout of the records that hold the kernel's stack, each right behind the record that it belongs to;
  /// nil where the source has none.
  var stackSchema: EventSchema? { get }
  /// The same source, whose streams and parts have the records of stacks, too: for some, making them is work.
  var withStacks: any TraceSource { get }
  /// Events of the streams below, which no script sees.
  var taskSchemas: [EventSchema] { get }
  /// Streams of records that only tell of tasks, where the recorder noted that beside the events. A new
  /// pass, as `openStreams()`.
  func openTaskStreams() throws -> [any PageStream]
  /// What was damaged, skipped or doubtful so far.
  var damage: DamageLog { get }
  /// Time goes on by itself: intervals fire on the wall clock, not on records.
  var isLive: Bool { get }
  /// False where records come once, as through a pipe: there is one pass.
  var canReadAgain: Bool { get }
  /// How much of it was read since it was opened, and how much a pass over it reads; nil where nobody knows.
  var bytesRead: (soFar: UInt64, inOnePass: UInt64)? { get }
}

extension TraceSource {
  public var savedGroups: [(thread: Int32, process: Int32)] { [] }
  public var printkFormats: String { "" }
  public var keptSymbols: KeptSymbols? { nil }
  public func kernelSymbols(besides given: KernelSymbols?) -> KernelSymbols {
    given ?? kernelSymbols()
  }
  public var symbolsGrow: Bool { false }
  public var kernelStart: UInt64? { kernelSymbols().address(named: "_text") }
  public var inputs: [any TraceSource] { [self] }
  public var stackSchema: EventSchema? { schemas.first { $0.fullName == StackLayout.event } }
  public var withStacks: any TraceSource { self }
  public var taskSchemas: [EventSchema] { [] }
  public func openTaskStreams() -> [any PageStream] { [] }
  public var isLive: Bool { false }
  public var canReadAgain: Bool { true }
  public var bytesRead: (soFar: UInt64, inOnePass: UInt64)? { nil }
}

/// The machine that the events come from.
public struct TracedMachine: Sendable {
  /// How it stores integers.
  public var byteOrder: ByteOrder
  /// Bytes of a kernel `long`, 4 or 8.
  public var longSize: Int
  /// Bytes of a page of memory.
  public var pageSize: Int
  /// `uname -a` or the like, if recorded.
  public var uname: String?
  /// CPUs of the machine, if recorded.
  public var cpuCount: Int?

  public init(
    byteOrder: ByteOrder, longSize: Int, pageSize: Int, uname: String? = nil, cpuCount: Int? = nil
  ) {
    self.byteOrder = byteOrder
    self.longSize = longSize
    self.pageSize = pageSize
    self.uname = uname
    self.cpuCount = cpuCount
  }

  /// The kernel's version, such as `6.1.0-53-amd64`: the word of `uname` that starts with a digit.
  public var kernelRelease: String? {
    uname?.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init)
  }
}

/// One CPU's sub-buffers of one buffer, oldest first.
public protocol PageStream: AnyObject {
  /// The CPU that wrote the sub-buffers.
  var cpu: UInt32 { get }
  /// The instance's name; `""` for the top-level buffer.
  var buffer: String { get }
  /// How each of them is laid out: the same for all.
  var layout: RingLayout { get }
  /// The next sub-buffer, valid until the next call; nil at the end. What cannot be read is
  /// reported to the source's damage log and skipped.
  func nextPage() -> UnsafeRawBufferPointer?
  /// What the last page is: asked after each `nextPage`.
  var part: PagePart { get }
  /// The CPU of the events that were lost before the last page; `.max` where nobody knows.
  var cpuOfLosses: UInt32 { get }
  /// Which of its source's `inputs` it is of.
  var input: Int { get }
  /// Its records are no events of the recording.
  var tellsOfTasksOnly: Bool { get }
  /// Nothing was skipped between the last page and the one before it. What the kernel lost there, the page
  /// itself says.
  var isContinuous: Bool { get }
  /// At the end of a stream that is a part of another one: the next page of that, for a look at what follows
  /// the last record. nil where nothing follows.
  func pageBeyond() -> UnsafeRawBufferPointer?
  /// Before the first page: whoever wants the pages waits for something else, and about so many bytes of them
  /// may be read meanwhile. How many were.
  func readOn(upTo limit: Int, while isIdle: () -> Bool) -> Int
}

extension PageStream {
  public var part: PagePart { .whole }
  public var cpuOfLosses: UInt32 { cpu }
  public var input: Int { 0 }
  public var tellsOfTasksOnly: Bool { false }
  public var isContinuous: Bool { true }
  public func pageBeyond() -> UnsafeRawBufferPointer? { nil }
  public func readOn(upTo limit: Int, while isIdle: () -> Bool) -> Int { 0 }
}

/// How much of a sub-buffer a stream gives at once.
public enum PagePart: Sendable {
  /// All of it, with its header.
  case whole
  /// With its header, but only so many bytes of data: the writer is still at work behind them.
  case start(Int)
  /// Data without a header, which goes on where the page before ended.
  case rest
}
