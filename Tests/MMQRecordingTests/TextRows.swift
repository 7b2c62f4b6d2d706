// What the records of a source say, as tests compare it.

import MMQTestSupport
import MMQTrace

/// The records of all streams, in order of time, with their fields.
struct TextRows {
  struct Row {
    var event: String
    var time: UInt64
    var fields: [String: Value]

    func number(_ name: String) -> Int64? {
      if case .number(let value)? = fields[name] { value } else { nil }
    }

    func text(_ name: String) -> String? {
      if case .text(let value)? = fields[name] { value } else { nil }
    }
  }

  enum Value: Hashable {
    case number(Int64)
    case text(String)
    case bytes([UInt8])
  }

  let source: any TraceSource
  private(set) var all: [Row] = []
  private(set) var losses: [LostEvents] = []

  /// `most`: records of each event; others are passed.
  init(_ source: any TraceSource, most: Int = .max) throws {
    self.source = source
    let schemas = Dictionary(source.schemas.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var counts: [Int: Int] = [:]
    var merge = Merge(try source.openStreams())
    for index in 0..<merge.laneCount { take(merge.lanes[index].takeGap()) }
    while let turn = merge.turn() {
      let lane = merge.lanes + turn.lane
      let found = lane.pointee.record
      let record = found.record(source.machine.byteOrder)
      let type = Int(record.base.load(UInt16.self, at: 0, source.machine.byteOrder))
      counts[type, default: 0] += 1
      if let schema = schemas[type], counts[type]! <= most {
        all.append(
          Row(event: schema.fullName, time: found.stamp, fields: TextRows.fields(record, schema)))
      }
      let isAtEnd = !lane.pointee.next()
      take(lane.pointee.takeGap())
      merge.finishTurn(atEnd: isAtEnd)
    }
  }

  private mutating func take(_ gap: Lane.Gap?) {
    if let gap { losses.append(gap.lost) }
  }

  static func fields(_ record: EventRef, _ schema: EventSchema) -> [String: Value] {
    var all: [String: Value] = [:]
    for field in schema.fields {
      if let value = value(record, field) { all[field.name] = value }
    }
    return all
  }

  static func value(_ record: EventRef, _ field: Field) -> Value? {
    switch field.shape {
    case .integer, .bool, .pointer: record.integer(field).map(Value.number)
    case .string, .dynamicString:
      record.string(field).map { .text(String(decoding: $0, as: UTF8.self)) }
    case .array where field.end <= record.size:
      .bytes(Array(UnsafeRawBufferPointer(start: record.base + field.offset, count: field.size)))
    default: nil
    }
  }
}

extension TemporaryFile {
  /// A source over the file.
  func source(_ formats: EventFormats?) throws -> any TraceSource {
    try SourceFormat.open(path: path, formats: formats)
  }
}
