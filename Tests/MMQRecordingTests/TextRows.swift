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
  /// Of which CPU each loss was.
  private(set) var lossCPUs: [UInt32] = []

  /// `most`: records of each event; others are passed.
  init(_ source: any TraceSource, most: Int = .max) throws {
    self.source = source
    var (rows, gaps, cpus) = ([Row](), [LostEvents](), [UInt32]())
    try TextRows.each(
      source, most: most,
      gap: {
        gaps.append($0.lost); cpus.append($0.cpu)
      }
    ) {
      record, schema, time, _ in
      rows.append(
        Row(event: schema.fullName, time: time, fields: TextRows.fields(record, schema)))
    }
    (all, losses, lossCPUs) = (rows, gaps, cpus)
  }

  /// Goes through the records in order of time; of each event so many at most.
  static func each(
    _ source: any TraceSource, most: Int, gap: (Lane.Gap) -> Void = { _ in },
    _ body: (_ record: EventRef, _ schema: EventSchema, _ time: UInt64, _ cpu: UInt32) throws ->
      Void
  ) throws {
    let schemas = Dictionary(source.schemas.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var counts: [Int: Int] = [:]
    var merge = Merge(try source.openStreams())
    for index in 0..<merge.laneCount {
      while let first = merge.lanes[index].takeGap() { gap(first) }
    }
    while let turn = merge.turn() {
      let lane = merge.lanes + turn.lane
      let found = lane.pointee.record
      let record = found.record(source.machine.byteOrder)
      let type = Int(record.base.load(UInt16.self, at: 0, source.machine.byteOrder))
      counts[type, default: 0] += 1
      if let schema = schemas[type], counts[type]! <= most {
        try body(record, schema, found.stamp, lane.pointee.cpu)
      }
      let isAtEnd = !lane.pointee.next()
      while let next = lane.pointee.takeGap() { gap(next) }
      merge.finishTurn(atEnd: isAtEnd)
    }
  }

  /// Lines of ftrace's trace with these texts, a microsecond after each other.
  static func log(_ texts: [String]) -> String {
    texts.enumerated().map { "              sh-42      [000] ..... 1.00\(1000 + $0): \($1)\n" }
      .joined()
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
