// The process of each thread, for a recording's list of them.

/// Takes new threads from records in whatever order they are read: the latest one of a number counts. Its
/// memory is bounded as that of `LastComms`.
public struct LastGroups {
  private enum Origin {
    case process(Int32)
    /// It is of its maker's process, whichever that is.
    case maker(Int32)
  }

  private var last: [Int32: (stamp: UInt64, origin: Origin)] = [:]
  private let events: [Int: NewTask]

  public init(schemas: [EventSchema]) {
    var events: [Int: NewTask] = [:]
    for schema in schemas { events[schema.id] = NewTask(schema) }
    self.events = events
  }

  /// Types of the records to take.
  public var types: [Int] { events.keys.sorted() }

  /// What somebody saw after such records began.
  public mutating func take(_ seen: [(thread: Int32, process: Int32)]) {
    for (thread, process) in seen { last[thread] = (0, .process(process)) }
  }

  /// What a record says of the time after it.
  public mutating func take(_ type: Int, _ record: EventRef, at stamp: UInt64) {
    guard let (thread, maker, joinsGroup) = events[type]?.read(record) else { return }
    if let known = last[thread], known.stamp > stamp { return }
    last[thread] = (stamp, joinsGroup ? .maker(maker) : .process(thread))
  }

  /// nil where some maker is not known, or is another thread of the same number by now.
  func process(of thread: Int32) -> Int32? {
    var thread = thread
    var before = UInt64.max
    while let (stamp, origin) = last[thread], stamp < before {
      switch origin {
      case .process(let process): return process
      case .maker(let maker): (thread, before) = (maker, stamp)
      }
    }
    return nil
  }

  /// Lines of `tid pid`, as `saved_tgids` of tracefs has them.
  public var text: [UInt8] {
    var text: [UInt8] = []
    for thread in last.keys.sorted() {
      if let process = process(of: thread) { text += "\(thread) \(process)\n".utf8 }
    }
    return text
  }
}
