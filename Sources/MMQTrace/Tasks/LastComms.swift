// The last name of each thread, for a recording's list of names.

/// Takes names from records in whatever order they are read: the latest one counts. Its memory grows
/// with the number of threads that there ever were, which the kernel's largest thread id bounds.
public struct LastComms {
  private var last: [Int32: (stamp: UInt64, comm: String)] = [:]
  private let observations: [Int: [TaskObservation]]

  /// The events that tell of every name: a fork's and those of exec and prctl.
  private static let events: Set<String> = ["task:task_newtask", "task:task_rename"]

  public init(schemas: [EventSchema]) {
    let schemas = schemas.filter { LastComms.events.contains($0.fullName) }
    observations = TaskObservation.all(in: schemas)
  }

  /// Types of the records to take.
  public var types: [Int] { observations.keys.sorted() }

  /// Names that somebody saw after such records began: a record that tells another one is later.
  public mutating func take(_ seen: [(tid: Int32, comm: String)]) {
    for (tid, comm) in seen { last[tid] = (0, comm) }
  }

  /// What a record says of the time after it.
  public mutating func take(_ type: Int, _ record: EventRef, at stamp: UInt64) {
    for observation in observations[type] ?? [] where !observation.isOwnTime {
      guard let (tid, name) = observation.read(record) else { continue }
      if let known = last[tid], known.stamp > stamp { continue }
      last[tid] = (stamp, String(decoding: name, as: UTF8.self))
    }
  }

  /// Lines of `tid comm`, as `saved_cmdlines` of tracefs has them.
  public var text: [UInt8] {
    var text: [UInt8] = []
    for (tid, entry) in last.sorted(by: { $0.key < $1.key }) {
      text += "\(tid) \(entry.comm)\n".utf8
    }
    return text
  }
}
