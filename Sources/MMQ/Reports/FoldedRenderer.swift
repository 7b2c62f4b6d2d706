// Stacks in the form that flame-graph tools read.

/// Writes maps whose keys hold a stack as lines `outermost;…;innermost number`, as flamegraph.pl, inferno and
/// speedscope take them. The other parts of a key come in front of the stack; what is at other places of the same
/// functions is one line. All other output goes to another sink: it would be no stack to those who read the lines.
public final class FoldedRenderer: OutputSink {
  public var escapesControlBytes: Bool { others.escapesControlBytes }
  private let others: any OutputSink
  private let namesMaps: Bool
  private let write: (UnsafeRawBufferPointer) -> Void
  private let say: (String) -> Void
  private var buffer = ByteBuffer()

  /// `namesMaps`: there are several such maps, and each line begins with its map. `say` gets what the lines
  /// cannot show.
  public init(
    namesMaps: Bool, others: any OutputSink, say: @escaping (String) -> Void,
    write: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    (self.namesMaps, self.others) = (namesMaps, others)
    (self.say, self.write) = (say, write)
  }

  public func map(_ report: MapReport) {
    guard let first = report.rows.first, first.key?.parts.contains(where: \.isStack) == true,
      first.value.width != nil
    else { return others.map(report) }
    var sums: [[UInt8]: Int128] = [:]
    var negative = 0
    for row in report.rows {
      guard let number = row.value.width, number >= 0 else {
        negative += 1
        continue
      }
      sums[stack(row.key, of: report.name), default: 0] += number
    }
    for (stack, sum) in sums.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      buffer.append(contentsOf: stack)
      buffer.append(" \(sum)\n")
    }
    if negative > 0 {
      say("WARNING: @\(report.name): a flame graph has no widths below 0: left out: \(negative)")
    }
  }

  private func stack(_ key: Value?, of map: String) -> [UInt8] {
    let parts = key?.parts ?? []
    var frames = namesMaps ? [Array("@\(map)".utf8)] : []
    frames += parts.filter { !$0.isStack }.map(\.frame)
    for case .stack(let stack, _) in parts {
      frames += stack.isEmpty ? [Array("[no stack]".utf8)] : stack.reversed().map(\.name)
    }
    return Array(frames.joined(separator: [UInt8(ascii: ";")]))
  }

  // MARK: Other output

  public func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) { others.text(kind, bytes) }
  public func value(_ value: Value) { others.value(value) }
  public func event(line: () -> [UInt8], fields: () -> Value) {
    others.event(line: line, fields: fields)
  }
  public func message(_ message: ScriptMessage) { others.message(message) }
  public func attached(_ probes: Int) { others.attached(probes) }
  public func lost(_ events: UInt64) { others.lost(events) }
  public func endOfRun() {}

  public func flush() {
    others.flush()
    guard buffer.count > 0 else { return }
    buffer.bytes.withUnsafeBytes { write($0) }
    buffer.removeAll()
  }
}

extension Script {
  /// How many maps `FoldedRenderer` writes: their keys hold a stack, and their values are numbers.
  public var foldedMaps: Int { program.maps.filter(\.isFolded).count }
}

extension MapShape {
  fileprivate var isFolded: Bool {
    let parts = key.map { key in
      if case .tuple(let items) = key { return items }
      return [key]
    }
    return parts?.contains { if case .stack = $0 { true } else { false } } == true && isNumber
  }

  private var isNumber: Bool {
    switch content {
    case .plain(let type): type.isNumeric
    case .aggregation(let aggregation, let parameters):
      aggregation.readType(parameters)?.isNumeric == true
    }
  }
}

extension Value {
  fileprivate var isStack: Bool {
    if case .stack = self { true } else { false }
  }

  /// Several keys are one tuple.
  fileprivate var parts: [Value] {
    if case .tuple(let items) = self { items } else { [self] }
  }

  /// The part of a key as a line of a flame graph: semicolons and line breaks would end it.
  fileprivate var frame: [UInt8] {
    var text = ByteBuffer()
    text.append(self)
    let frame = text.bytes.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 }
    return ControlBytes.escaped(frame)
  }

  /// nil of what is no number.
  fileprivate var width: Int128? {
    switch self {
    case .number(.signed(let value)): Int128(value)
    case .number(.unsigned(let value)): Int128(value)
    case .number(.float(let value)): Int128(Int64(truncating: value))
    case .bool(let value): value ? 1 : 0
    case .symbol(_, let word): Int128(word)
    default: nil
    }
  }
}
