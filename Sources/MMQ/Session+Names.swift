// What records tell of tasks, read before the run and side by side.

internal import MMQTrace
internal import Synchronization

extension Session {
  /// More are not kept: the recording is then read in order of time.
  private static let mostTaskRecords = 1 << 18

  /// All records that tell of tasks, in order of time; nil where parts of the source don't hold them all,
  /// and where they are too many.
  func taskRecords() throws -> [TaskRecord]? {
    guard (source as? any DivisibleSource)?.partsAreInOrder == true,
      let (parts, threads) = try divide(into: options.partSize)
    else { return nil }
    let scan = TaskScan(
      parts, types: taskTypes, source.machine.byteOrder, limit: Session.mostTaskRecords)
    Workers.run(threads - 1) { _ in
      scan.work()
    } while: {
      scan.work()
    }
    return scan.records
  }

  func learn(_ records: [TaskRecord]) {
    for record in records {
      record.read {
        names?.learn(record.type, $0)
        groups?.learn(record.type, $0)
      }
    }
    names?.endLearning()
  }

  /// Where a record stands among those that tell of tasks. False where one does and none should.
  func findMoment(_ stamp: UInt64, _ tellsOfTasks: Bool) -> Bool {
    let lane = Int32(truncatingIfNeeded: run.lane)
    let isNext = run.moment.stamp == stamp && run.moment.lane == lane
    // After the records before it at that time; before all others at it.
    var step = isNext ? run.moment.step : -1
    if tellsOfTasks {
      if guessesNoNames {
        hasGuessedWrong = true
        run.exit(code: 0)
        return false
      }
      step = step < 0 ? 1 : step + (step % 3 == 1 ? 3 : 2)
    } else if step >= 0, step % 3 == 1 {
      step += 1
    }
    run.moment = NameTimeline.Moment(stamp: stamp, lane: lane, step: step)
    return true
  }
}

/// A pass over all parts that keeps what tells of tasks.
private final class TaskScan: Sendable {
  private let parts: RecordingParts
  private let wanted: Set<Int>
  private let byteOrder: ByteOrder
  private let limit: Int
  private let found = Mutex<[TaskRecord]>([])

  init(_ parts: RecordingParts, types: Set<Int>, _ byteOrder: ByteOrder, limit: Int) {
    (self.parts, self.byteOrder, self.limit) = (parts, byteOrder, limit)
    wanted = types
  }

  /// nil where there were too many.
  var records: [TaskRecord]? {
    let all = found.withLock { $0 }
    return all.count > limit ? nil : all.sorted { $0.isBefore($1) }
  }

  func work() {
    let dispatch = Dispatch.ofTasks(wanted)
    while let part = parts.next() {
      let records = read(part, dispatch)
      let isFull = found.withLock {
        $0 += records
        return $0.count > limit
      }
      if isFull { return }
    }
  }

  private func read(_ part: RecordingParts.Part, _ dispatch: borrowing Dispatch) -> [TaskRecord] {
    var records: [TaskRecord] = []
    var lane = Lane(part.stream, dispatch.wish)
    while records.count <= limit, lane.next() {
      let found = lane.record
      guard let list = dispatch.list(of: found.slot) else { continue }
      records.append(
        TaskRecord(
          found.record(byteOrder), type: list.type, stamp: found.stamp, lane: part.lane,
          part: part.number, place: records.count))
    }
    return records
  }
}
