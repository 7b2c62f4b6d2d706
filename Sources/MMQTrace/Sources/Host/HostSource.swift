// Events of the host program itself: it says what they are, and pushes them as bytes.

/// A source of events that the host defines and pushes. Scripts see them as they see the kernel's.
///
/// Define events, check scripts against the source, then push, and run what was pushed with `Session.step()`.
/// A source serves one session: running takes what was pushed. It belongs to one thread at a time, with its
/// session.
///
/// ```swift
/// let source = HostSource()
/// let request = try source.define("app:request", [HostField("bytes", .uint32)])
/// source.push(request, bytes, at: nanoseconds, thread: 42)
/// ```
public final class HostSource: TraceSource {
  /// An event that was defined.
  public struct Event: Sendable, Hashable {
    /// Its `common_type`, from 1 on in order of definition.
    public let type: UInt16
  }

  public let name: String
  public let formatDescription = "events of the host program"
  public let machine: TracedMachine
  public private(set) var schemas: [EventSchema] = []
  public let clock: TraceClock
  /// Names of threads, as `comm` gives them: set before the session is made.
  public var savedComms: [(tid: Int32, comm: String)] = []
  public let damage = DamageLog()
  /// Reading takes what was pushed.
  public let canReadAgain = false
  private let lanes: [HostLane]
  private var isServing = false
  private let lane: UnsafeMutablePointer<Unmanaged<HostLane>>

  /// `cpus`: events come with numbers of CPUs below it, 1 to 4096; scripts that need order see the events of
  /// all CPUs in order of time. `capacity`: bytes that may wait for `step()`, of all CPUs together.
  /// `timesAreDates`: times count from 1970.
  public init(
    name: String = "host", cpus: Int = 1, capacity: Int = 64 << 20, timesAreDates: Bool = false
  ) {
    let count = max(1, min(cpus, 4096))
    self.name = name
    clock = TraceClock(name: "host", isWallClock: timesAreDates)
    machine = TracedMachine.host
    lanes = (0..<count).map { HostLane(cpu: UInt32($0), capacity: capacity / count) }
    lane = .allocate(capacity: count)
    for (index, lane) in lanes.enumerated() {
      (self.lane + index).initialize(to: Unmanaged.passUnretained(lane))
    }
  }

  deinit { lane.deallocate() }

  /// Defines an event, `system:name`, by its fields. Before scripts are checked. Throws where a name or a
  /// field makes no sense, or the event is there already.
  public func define(_ fullName: String, _ fields: [HostField]) throws(TraceError) -> Event {
    let parts = fullName.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { throw TraceError("'\(fullName)' is no system:name") }
    return try define(format: try HostFormat.text(parts[1], fields), system: parts[0])
  }

  /// Defines an event by a `format` text as the kernel has it, with the kernel's common fields; its ID does
  /// not matter.
  public func define(format: String, system: String) throws(TraceError) -> Event {
    guard schemas.count < Int(UInt16.max) else { throw TraceError("there are too many events") }
    let schema = try HostFormat.schema(
      Array(format.utf8), system: system, id: schemas.count + 1, longSize: machine.longSize)
    guard !schemas.contains(where: { $0.fullName == schema.fullName }) else {
      throw TraceError("the event \(schema.fullName) is there already")
    }
    schemas.append(schema)
    return Event(type: UInt16(schema.id))
  }

  /// Adds an event: `bytes` are its fields, which the source copies, in the host's byte order, at most 65 272.
  /// `time` is in nanoseconds. On one CPU it should not go back: records of a CPU are never reordered.
  ///
  /// False, and the event counts as lost, where what waits for `step()` has reached the capacity. An unknown
  /// CPU, or too many bytes, are errors in `damage`.
  @discardableResult
  public func push(
    _ event: Event, _ bytes: UnsafeRawBufferPointer, at time: UInt64, cpu: Int = 0,
    thread: Int32 = 0
  ) -> Bool {
    guard cpu >= 0, cpu < lanes.count,
      bytes.count <= HostFormat.largestRecord - HostFormat.headerSize
    else { return refuse(bytes.count, cpu) }
    return lane[cpu]._withUnsafeGuaranteedRef { $0.push(event.type, bytes, at: time, thread) }
  }

  @inline(never)
  private func refuse(_ size: Int, _ cpu: Int) -> Bool {
    if lanes.indices.contains(cpu) {
      damage.error("events too long", "an event of \(size) bytes is too long: it is left out")
    } else {
      damage.error(
        "events of unknown CPUs", "an event of CPU \(cpu) of \(lanes.count): it is left out")
    }
    return false
  }

  public func kernelSymbols() -> KernelSymbols { .none }

  /// They take what was pushed away. Throws the second time: each event would be missed by one of two readers.
  public func openStreams() throws(TraceError) -> [any PageStream] {
    guard !isServing else {
      throw TraceError("the events of a host are for one session; they are another one's")
    }
    isServing = true
    return lanes
  }
}
