// The names of threads over time.

/// Knows the name of each thread at the current record. Names come from the recording's own events
/// about tasks; threads without such events have the name that the recorder saved, their last one.
///
/// Before the run, `learn` sees every record once: the first that tells of a thread also tells its
/// name in the time before. Where two that follow each other disagree, the thread took a name that
/// no event tells of (prctl() does that): the time between them then has the later name, since
/// programs rename themselves at their start. During the run, `enter` and `leave` go around each
/// record.
public final class TaskNames {
  private var names = NameList()
  private let threads = ThreadTable()
  /// Threads that ended: their names go when names are tidied up. nil where nobody asks for ends.
  private let gone: ThreadTable?
  /// Of each thread that events tell of: how many statements so far, and the name in the last one.
  private var statements: [Int32: (count: Int, name: UInt32)] = [:]
  /// Untold names by thread: after how many statements, and which name; the next one last.
  private var untold: [Int32: [(after: Int, name: UInt32)]] = [:]
  private let observations: [Int: [TaskObservation]]
  /// The field of the thread in records that tell of its end.
  private let ends: [Int: Field]
  /// Told of each name that a thread gets.
  var witness: ((_ thread: Int32, _ before: UInt32, _ name: UInt32) -> Void)?

  /// The threads that Linux can have have smaller numbers.
  @inlinable public static var denseLimit: Int32 { 1 << 22 }

  /// `nameID` of the threads below `denseLimit`, as long as this lives.
  public var denseNames: UnsafePointer<UInt32> { threads.numbers }

  /// The same where no thread has a name. Nobody writes to it.
  public static var noNames: UnsafePointer<UInt32> { nobody.table.numbers }

  private struct Nobody: @unchecked Sendable {
    let table = ThreadTable()
  }

  private static let nobody = Nobody()

  /// `followsEnds`: names will be tidied up, for which ends of threads must be known.
  public init(
    saved: [(tid: Int32, comm: String)], schemas: [EventSchema], followsEnds: Bool = false
  ) {
    observations = TaskObservation.all(in: schemas)
    ends = followsEnds ? TaskObservation.ends(in: schemas) : [:]
    gone = followsEnds ? ThreadTable() : nil
    take(saved)
  }

  /// The types of records that tell of tasks: only these need `learn`, `enter` and `leave`.
  public var types: [Int] { Set(observations.keys).union(ends.keys).sorted() }

  /// The id of a thread's name; 0 where it is not known. Thread 0, which is one on each CPU, is the
  /// caller's matter.
  @inline(__always)
  public func nameID(of tid: Int32) -> UInt32 { threads[tid] }

  /// Ids of names are smaller, but for that of an unknown one.
  public var count: Int { names.count }

  /// A name by its id.
  public func bytes(of id: UInt32) -> [UInt8] { names[id] }

  /// A thread's name at the record at hand; nil where it is not known.
  public func name(of tid: Int32) -> [UInt8]? {
    let id = nameID(of: tid)
    return id == 0 ? nil : names[id]
  }

  /// A thread that no event told of, because the event was lost: asked for once. Those that are gone
  /// stay unknown.
  public func find(_ tid: Int32, _ look: (Int32) -> [UInt8]?) -> UInt32 {
    let name = look(tid).map { name in name.withUnsafeBytes { names.id(of: $0) } }
    set(tid, name ?? NameList.gone)
    return name ?? NameList.gone
  }

  /// Before the run: the first word on a thread holds for the time before it, too.
  public func learn(_ type: Int, _ record: EventRef) {
    for observation in observations[type] ?? [] {
      guard let (tid, text) = observation.read(record) else { continue }
      let name = names.id(of: text)
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
    for (tid, comm) in saved {
      var comm = comm
      set(tid, comm.withUTF8 { names.id(of: UnsafeRawBufferPointer($0)) })
    }
  }

  /// After the last record was learned.
  public func endLearning() {
    statements = [:]
    for tid in untold.keys { untold[tid]?.reverse() }
  }

  /// Before a record's blocks run: what it says of its own time.
  public func enter(_ type: Int, _ record: EventRef) {
    each(type, record, ofOwnTime: true) { tid, name in state(tid, name) }
  }

  /// A record of which no block hears.
  public func pass(_ type: Int, _ record: EventRef) {
    enter(type, record)
    leave(type, record)
  }

  /// After a record's blocks ran: what it says of the time after it, and what nobody tells of that.
  public func leave(_ type: Int, _ record: EventRef) {
    each(type, record, ofOwnTime: true) { tid, _ in takeUntold(tid) }
    each(type, record, ofOwnTime: false) { tid, name in
      state(tid, name)
      takeUntold(tid)
    }
    if let field = ends[type], let thread = record.integer(field) {
      gone?[Int32(truncatingIfNeeded: thread)] = 1
    }
  }

  private func each(
    _ type: Int, _ record: EventRef, ofOwnTime: Bool,
    _ body: (_ tid: Int32, _ name: UnsafeRawBufferPointer) -> Void
  ) {
    guard let all = observations[type] else { return }
    for observation in all where observation.isOwnTime == ofOwnTime {
      if let (tid, name) = observation.read(record) { body(tid, name) }
    }
  }

  private func state(_ tid: Int32, _ name: UnsafeRawBufferPointer) {
    let name = names.id(of: name)
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
    threads[tid] = id
    if let gone, gone[tid] != 0 { gone[tid] = 0 }
  }

  // MARK: Memory

  /// Bytes that the names take, about.
  public var size: Int { names.size }

  /// So many names have come that it is worth looking which of them are still in use.
  public var wantsTidying: Bool { names.hasGrown }

  /// Forgets names that no thread has any more, and those of threads that are gone. Ids change: only for
  /// a run that was not prepared by `learn`.
  public func tidy() {
    var kept = NameList()
    threads.changeAll { thread, id in
      if let gone, gone[thread] != 0 {
        gone[thread] = 0
        return 0
      }
      return id == NameList.gone ? id : names[id].withUnsafeBytes { kept.id(of: $0) }
    }
    kept.endGrowth()
    names = kept
  }
}
