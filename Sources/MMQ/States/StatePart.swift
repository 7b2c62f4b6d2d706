// Which records of a recording a state tells of.

/// A part of a recording, as `--from`, `--to`, `--cpu`, `-p` and `--buffer` choose it.
struct StatePart: Sendable, Hashable {
  /// Nanoseconds of the recording's clock, both included.
  var first: UInt64 = 0
  var last: UInt64 = .max
  /// nil for all.
  var cpus: [UInt32]?
  var process: Int32?
  var buffer: String?

  var isWhole: Bool { self == StatePart() }

  /// Whether some record may belong to both.
  func overlaps(_ other: StatePart) -> Bool {
    guard first <= other.last, other.first <= last else { return false }
    if let cpus, let others = other.cpus, Set(cpus).isDisjoint(with: others) { return false }
    if let process, let other = other.process, process != other { return false }
    if let buffer, let other = other.buffer, buffer != other { return false }
    return true
  }
}

extension StatePart {
  init(_ selection: Selection?, _ filter: RecordFilter?) {
    first = filter?.first ?? 0
    last = filter?.last ?? .max
    cpus = selection?.cpus?.sorted()
    process = selection?.process
    buffer = selection?.buffer
  }

  func write(to writer: inout StateWriter) {
    writer.number(first)
    writer.number(last)
    writer.optional(cpus) { $0.list($1) { $0.number(UInt64($1)) } }
    writer.optional(process) { $0.signed(Int64($1)) }
    writer.optional(buffer) { $0.text($1) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    first = try reader.number()
    last = try reader.number()
    cpus = try reader.optional { reader throws(StateError) in
      try reader.list { reader throws(StateError) in
        UInt32(truncatingIfNeeded: try reader.number())
      }
    }
    process = try reader.optional { reader throws(StateError) in
      Int32(truncatingIfNeeded: try reader.signed())
    }
    buffer = try reader.optional { reader throws(StateError) in try reader.text() }
  }
}
