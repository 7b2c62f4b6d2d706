// What a session asks of the running kernel, beyond what every source has.

/// A source whose events happen while they are read.
public protocol LiveTraceSource: TraceSource {
  /// Begins: from now on the events are recorded. Events about tasks come first, so that what
  /// `savedComms` and `savedGroups` say afterwards is never older than the events.
  func attach(_ events: LiveEvents) throws(TraceError)
  /// No more events are recorded; what is there can still be read.
  func stop()
  /// Ends, and leaves nothing behind. The streams have no more pages.
  func detach()
  /// A thread's name, now; nil where it is gone.
  func comm(of thread: Int32) -> [UInt8]?
  /// What the kernel counted, by CPU. None after the end.
  func statistics() -> [RingStatistics]
}

/// The events that a run wants.
public struct LiveEvents: Sendable {
  /// `system:name` of those that the script's blocks are for.
  public var wanted: [String] = []
  /// Those that tell of tasks.
  public var tasks: [String] = []
  /// In the kernel's filter language, by event: others are not wanted, but may come all the same.
  public var filters: [String: String] = [:]
  /// Those behind whose records the kernel writes its stack, as a record `ftrace:kernel_stack`.
  public var stacks: Set<String> = []

  public init() {}

  /// Events that tell of tasks are needed whatever a script wants of them.
  public mutating func keepTasks() {
    for event in tasks { filters[event] = nil }
  }

  /// All, each once; those that tell of tasks first.
  public var all: [String] {
    var seen: Set<String> = []
    return (tasks + wanted).filter { seen.insert($0).inserted }
  }
}
