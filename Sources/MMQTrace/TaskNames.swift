// The names of threads over time.

internal import Glibc

/// Knows the name of each thread at the current record. Names come from the recording's own events
/// about tasks; threads without such events have the name that the recorder saved, their last one.
///
/// Before the run, `learn` sees every record once: the first that tells of a thread also tells its
/// name in the time before. Where two that follow each other disagree, the thread took a name that
/// no event tells of (prctl() does that): the time between them then has the later name, since
/// programs rename themselves at their start. During the run, `enter` and `leave` go around each
/// record.
public final class TaskNames {
  /// Names by id; id 0 is an unknown name.
  public private(set) var names: [[UInt8]] = [Array("<...>".utf8)]
  private var ids: [[UInt8]: UInt32]
  /// A second id of the unknown name: of threads that were looked for and not found.
  private var goneID: UInt32?
  /// Of threads below `denseLimit`, by thread: only touched pages of it take memory.
  private let dense: UnsafeMutablePointer<UInt32>
  private var sparse: [Int32: UInt32] = [:]
  /// Of each thread that events tell of: how many statements so far, and the name in the last one.
  private var statements: [Int32: (count: Int, name: UInt32)] = [:]
  /// Untold names by thread: after how many statements, and which name; the next one last.
  private var untold: [Int32: [(after: Int, name: UInt32)]] = [:]
  private let observations: [Int: [TaskObservation]]
  /// Told of each name that a thread gets.
  var witness: ((_ thread: Int32, _ before: UInt32, _ name: UInt32) -> Void)?

  /// The kernel's largest thread id is 2^22.
  public static let denseLimit: Int32 = 1 << 22

  /// `nameID` of the threads below `denseLimit`, as long as this lives.
  public var denseNames: UnsafePointer<UInt32> { UnsafePointer(dense) }

  /// The same where no thread has a name. Nobody writes to it.
  public static var noNames: UnsafePointer<UInt32> { nobody.names }

  private struct Nobody: @unchecked Sendable {
    let names = UnsafePointer<UInt32>(
      calloc(Int(TaskNames.denseLimit), 4)!.bindMemory(
        to: UInt32.self, capacity: Int(TaskNames.denseLimit)))
  }

  private static let nobody = Nobody()

  public init(saved: [(tid: Int32, comm: String)], schemas: [EventSchema]) {
    ids = [names[0]: 0]
    dense = calloc(Int(TaskNames.denseLimit), 4)!.bindMemory(
      to: UInt32.self, capacity: Int(TaskNames.denseLimit))
    observations = TaskObservation.all(in: schemas)
    take(saved)
  }

  deinit { free(dense) }

  /// The types of records that tell of tasks: only these need `learn`, `enter` and `leave`.
  public var types: [Int] { observations.keys.sorted() }

  /// The id of a thread's name. Thread 0, which is one on each CPU, is the caller's matter.
  @inline(__always)
  public func nameID(of tid: Int32) -> UInt32 {
    if UInt32(bitPattern: tid) < UInt32(TaskNames.denseLimit) { return dense[Int(tid)] }
    return sparse[tid] ?? 0
  }

  /// A thread's name at the record at hand; nil where it is not known.
  public func name(of tid: Int32) -> [UInt8]? {
    let id = nameID(of: tid)
    return id == 0 ? nil : names[Int(id)]
  }

  /// A thread that no event told of, because the event was lost: asked for once. Those that are gone
  /// stay unknown.
  public func find(_ tid: Int32, _ look: (Int32) -> [UInt8]?) -> UInt32 {
    if goneID == nil {
      names.append(names[0])
      goneID = UInt32(names.count - 1)
    }
    let name = look(tid).map { id(of: $0) } ?? goneID ?? 0
    set(tid, name)
    return name
  }

  /// Before the run: the first word on a thread holds for the time before it, too.
  public func learn(_ type: Int, _ record: EventRef) {
    for observation in observations[type] ?? [] {
      guard let (tid, text) = observation.read(record) else { continue }
      let name = id(of: text)
      guard let last = statements[tid] else {
        set(tid, name)
        statements[tid] = (1, name)
        continue
      }
      if observation.speaksOfPast, name != last.name {
        untold[tid, default: []].append((last.count, name))
      }
      statements[tid] = (last.count + 1, name)
    }
  }

  /// Names that threads have now, from somebody who looked: those of a live machine.
  public func take(_ saved: [(tid: Int32, comm: String)]) {
    for (tid, comm) in saved { set(tid, id(of: Array(comm.utf8))) }
  }

  /// After the last record was learned.
  public func endLearning() {
    statements = [:]
    for tid in untold.keys { untold[tid]?.reverse() }
  }

  /// Before a record's blocks run: what it says of its own time.
  public func enter(_ type: Int, _ record: EventRef) {
    for (tid, name) in said(type, record, ofOwnTime: true) { state(tid, name) }
  }

  /// A record of which no block hears.
  public func pass(_ type: Int, _ record: EventRef) {
    enter(type, record)
    leave(type, record)
  }

  /// After a record's blocks ran: what it says of the time after it, and what nobody tells of that.
  public func leave(_ type: Int, _ record: EventRef) {
    for (tid, _) in said(type, record, ofOwnTime: true) { takeUntold(tid) }
    for (tid, name) in said(type, record, ofOwnTime: false) {
      state(tid, name)
      takeUntold(tid)
    }
  }

  private func said(
    _ type: Int, _ record: EventRef, ofOwnTime: Bool
  ) -> [(tid: Int32, name: [UInt8])] {
    (observations[type] ?? []).compactMap { $0.isOwnTime == ofOwnTime ? $0.read(record) : nil }
  }

  private func state(_ tid: Int32, _ name: [UInt8]) {
    let name = id(of: name)
    set(tid, name)
    if untold[tid] != nil { statements[tid] = ((statements[tid]?.count ?? 0) + 1, name) }
  }

  /// The name that a thread takes between its last statement and the next one.
  private func takeUntold(_ tid: Int32) {
    guard let next = untold[tid]?.last, next.after == statements[tid]?.count else { return }
    untold[tid]?.removeLast()
    set(tid, next.name)
  }

  func set(_ tid: Int32, _ id: UInt32) {
    witness?(tid, nameID(of: tid), id)
    if UInt32(bitPattern: tid) < UInt32(TaskNames.denseLimit) {
      dense[Int(tid)] = id
    } else {
      sparse[tid] = id
    }
  }

  private func id(of name: [UInt8]) -> UInt32 {
    if let id = ids[name] { return id }
    names.append(name)
    ids[name] = UInt32(names.count - 1)
    return UInt32(names.count - 1)
  }
}
