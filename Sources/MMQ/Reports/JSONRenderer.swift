// Results as JSON, one object a line, in bpftrace's shapes.

/// Writes JSON lines through a closure that gets large pieces.
public final class JSONRenderer: OutputSink {
  /// JSON escapes control bytes by itself.
  public let escapesControlBytes = false
  private let announcesProbes: Bool
  private let write: (UnsafeRawBufferPointer) -> Void
  private var buffer = ByteBuffer()

  /// `announcesProbes`: whether a line says how many probes there are.
  public init(
    announcesProbes: Bool = true, write: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.announcesProbes = announcesProbes
    self.write = write
  }

  public func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    // Of join() the new line is no part of the data, as in bpftrace.
    let isLine = kind == .join && bytes.last == UInt8(ascii: "\n")
    line(kind.rawValue) { $0.append(json: Array(isLine ? bytes.dropLast()[...] : bytes[...])) }
  }

  public func value(_ value: Value) {
    line("value") { $0.append(json: value) }
  }

  public func event(line: () -> [UInt8], fields: () -> Value) { value(fields()) }

  public func message(_ message: ScriptMessage) {
    buffer.append("{\"type\": \"\(message.kind == .warnf ? "warnf" : "errorf")\", \"msg\": ")
    buffer.append(json: message.text)
    buffer.append(", \"filename\": ")
    buffer.append(json: Array(message.file.utf8))
    buffer.append(", \"line\": \(message.line), \"col\": \(message.column)}\n")
    flush()
  }

  public func attached(_ probes: Int) {
    guard announcesProbes else { return }
    buffer.append("{\"type\": \"attached_probes\", \"count\": \(probes), ")
    buffer.append("\"data\": {\"probes\": \(probes)}}\n")
    flush()
  }

  public func lost(_ events: UInt64) {
    buffer.append("{\"type\": \"lost_events\", \"count\": \(events), ")
    buffer.append("\"data\": {\"events\": \(events)}}\n")
    flush()
  }

  public func endOfRun() {}

  public func map(_ report: MapReport) {
    if report.rows.isEmpty { return }
    begin(JSONRenderer.type(of: report))
    buffer.append("{")
    buffer.append(json: Array("@\(report.name)".utf8))
    buffer.append(": ")
    if report.hasKeys {
      rows(report.rows)
    } else {
      buffer.append(json: report.rows[0].value)
    }
    buffer.append("}")
    end()
  }

  /// A large map is handed on piece by piece.
  private func rows(_ rows: MapReport.Rows) {
    buffer.append("{")
    for (index, row) in rows.enumerated() {
      if index > 0 { buffer.append(", ") }
      buffer.append(member: row)
      flushIfLarge()
    }
    buffer.append("}")
  }

  private static func type(of report: MapReport) -> String {
    report.aggregation.flatMap { Aggregation.named($0) }?.jsonType ?? "map"
  }

  private func line(_ type: String, _ data: (inout ByteBuffer) -> Void) {
    begin(type)
    data(&buffer)
    end()
  }

  private func begin(_ type: String) { buffer.append("{\"type\": \"\(type)\", \"data\": ") }

  private func end() {
    buffer.append("}\n")
    flushIfLarge()
  }

  private func flushIfLarge() {
    if buffer.count > 1 << 16 { flush() }
  }

  public func flush() {
    guard buffer.count > 0 else { return }
    buffer.bytes.withUnsafeBytes { write($0) }
    buffer.removeAll()
  }
}

extension ByteBuffer {
  fileprivate mutating func append(member row: MapReport.Row) {
    var key = ByteBuffer()
    if let value = row.key { key.append(jsonKey: value) }
    append(json: key.bytes.legible)
    append(": ")
    append(json: row.value)
  }

  /// Key parts joined by a comma.
  private mutating func append(jsonKey key: Value) {
    guard case .tuple(let items) = key else { return append(key) }
    for (index, item) in items.enumerated() {
      if index > 0 { append(",") }
      append(item)
    }
  }

  fileprivate mutating func append(json value: Value) {
    switch value {
    case .number(let number): append(json: number)
    case .symbol(let name, _): append(json: Array(name.utf8))
    case .pointer(let address): append(json: Value.Number.unsigned(address))
    case .bool(let value): append(value ? "true" : "false")
    case .string(let text): append(json: text)
    case .buffer(let bytes): append("[" + bytes.map(String.init).joined(separator: ",") + "]")
    case .stack(let frames, let mode):
      var text = ByteBuffer()
      text.append(frames, mode)
      append(json: text.bytes)
    case .array(let items), .tuple(let items):
      append("[")
      for (index, item) in items.enumerated() {
        if index > 0 { append(",") }
        append(json: item)
      }
      append("]")
    case .record(let members): append(json: members)
    case .statistics(let count, let average, let total):
      append("{\"count\": ")
      append(json: .unsigned(count))
      append(", \"average\": ")
      append(json: average)
      append(", \"total\": ")
      append(json: total)
      append("}")
    case .histogram(let buckets, _): append(json: buckets)
    case .quantiles(let quantiles): append(json: quantiles)
    case .timeSeries(let points, _): append(json: points)
    }
  }

  private mutating func append(json members: [Value.Member]) {
    append("{")
    for (index, member) in members.enumerated() {
      if index > 0 { append(", ") }
      append(json: Array(member.name.utf8))
      append(": ")
      append(json: member.value)
    }
    append("}")
  }

  private mutating func append(json quantiles: [Value.Quantile]) {
    append("{")
    for (index, quantile) in quantiles.enumerated() {
      append("\(index > 0 ? ", " : "")\"\(quantile.name)\": ")
      if let value = quantile.value { append(json: value) } else { append("null") }
    }
    append("}")
  }

  /// Intervals without a value are left out; times are UTC.
  private mutating func append(json points: [Value.Point]) {
    append("[")
    var isFirst = true
    for point in points {
      guard let value = point.value else { continue }
      if !isFirst { append(",") }
      isFirst = false
      append("{\"interval_start\":\"\(point.utc)\",\"value\":")
      append(json: value)
      append("}")
    }
    append("]")
  }

  private mutating func append(json buckets: [Value.Bucket]) {
    append("[")
    for (index, bucket) in buckets.enumerated() {
      if index > 0 { append(",") }
      append("{")
      if let low = bucket.low { append("\"min\": \(low), ") }
      if let high = bucket.high { append("\"max\": \(high), ") }
      append("\"count\": \(bucket.count)}")
    }
    append("]")
  }

  /// Integers that a double cannot hold are strings: most readers would round them silently.
  mutating func append(json number: Value.Number) {
    switch number {
    case .signed(let value):
      let isExact = Int64(exactly: Double(value)) == value
      append(isExact ? "\(value)" : "\"\(value)\"")
    case .unsigned(let value):
      let isExact = UInt64(exactly: Double(value)) == value
      append(isExact ? "\(value)" : "\"\(value)\"")
    case .float(let value): append(value.isFinite ? CFormat.float(value, letter: "f") : "null")
    }
  }

  /// A JSON string; what is no UTF-8 becomes U+FFFD.
  mutating func append(json text: [UInt8]) {
    append("\"")
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: append(contentsOf: UTF8.encode(scalar)!)
      }
    }
    append("\"")
  }
}

extension [UInt8] {
  /// With bytes that are no UTF-8 as `\xfe`: as U+FFFD, two keys would be one, and who reads them would miss a row.
  fileprivate var legible: [UInt8] {
    if String(validating: self, as: UTF8.self) != nil { return self }
    var text = ByteBuffer()
    var parser = Unicode.UTF8.ForwardParser()
    var (rest, place) = (makeIterator(), 0)
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let scalar):
        text.append(contentsOf: scalar)
        place += scalar.count
      case .error(let length):
        for byte in self[place..<place + length] {
          text.append(byte < 16 ? "\\x0" : "\\x")
          text.append(hexadecimal: UInt64(byte))
        }
        place += length
      case .emptyInput: return text.bytes
      }
    }
  }
}
