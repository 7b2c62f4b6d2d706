// What a run must say, with its counts apart: so that those of two runs can be added.

/// A sentence for stderr. What is written as `\(count: n)`, `\(times: n)` or
/// `\(n, one: "row", many: "rows")` is a count; two sentences that differ in counts only are one, whose
/// counts are the sums.
struct RunWarning: Sendable, Equatable, ExpressibleByStringInterpolation {
  enum Part: Sendable, Hashable {
    case text(String)
    /// `3`
    case count
    /// `once`, `3 times`
    case times
    /// A word for one, and for all other numbers.
    case either(one: String, many: String)
  }

  private(set) var parts: [Part] = []
  /// Of the parts that are no text, in their order.
  private(set) var counts: [UInt64] = []

  /// nil where counts are missing, or too many.
  init?(_ parts: [Part], _ counts: [UInt64]) {
    (self.parts, self.counts) = (parts, counts)
    guard parts.count(where: { !$0.isText }) == counts.count else { return nil }
  }

  init(_ text: String) { parts = [.text(text)] }

  init(stringLiteral text: String) { self.init(text) }

  init(stringInterpolation: StringInterpolation) { self = stringInterpolation.warning }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var warning = RunWarning("")

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ text: String) { warning.append(text) }
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      warning.append(value.description)
    }
    mutating func appendInterpolation(count: UInt64) { warning.append(.count, count) }
    mutating func appendInterpolation(times: UInt64) { warning.append(.times, times) }
    mutating func appendInterpolation(_ count: UInt64, one: String, many: String) {
      warning.append(.either(one: one, many: many), count)
    }
  }

  private mutating func append(_ text: String) {
    guard case .text(let last)? = parts.last else { return parts.append(.text(text)) }
    parts[parts.count - 1] = .text(last + text)
  }

  private mutating func append(_ part: Part, _ count: UInt64) {
    parts.append(part)
    counts.append(count)
  }

  static func + (a: RunWarning, b: RunWarning) -> RunWarning {
    var sum = a
    var counts = b.counts[...]
    for part in b.parts {
      if case .text(let text) = part {
        sum.append(text)
      } else {
        sum.append(part, counts.removeFirst())
      }
    }
    return sum
  }

  var sentence: String {
    var counts = counts[...]
    return parts.map { part in
      if case .text(let text) = part { return text }
      return part.text(counts.removeFirst())
    }.joined()
  }

  /// Adds the counts of the same sentence; false for another one.
  mutating func add(_ other: RunWarning) -> Bool {
    guard parts == other.parts else { return false }
    for (index, count) in other.counts.enumerated() { counts[index] &+= count }
    return true
  }
}

extension RunWarning.Part {
  fileprivate var isText: Bool {
    if case .text = self { return true }
    return false
  }

  fileprivate func text(_ count: UInt64) -> String {
    switch self {
    case .text(let text): text
    case .count: String(count)
    case .times: count == 1 ? "once" : "\(count) times"
    case .either(let one, let many): count == 1 ? one : many
    }
  }
}

extension [RunWarning] {
  /// Those of another run of the same program over other records.
  mutating func add(_ others: [RunWarning]) {
    for other in others {
      var isKnown = false
      for index in indices where !isKnown { isKnown = self[index].add(other) }
      if !isKnown { append(other) }
    }
  }
}

extension RunWarning {
  func write(to writer: inout StateWriter) {
    writer.list(parts) { writer, part in
      switch part {
      case .text(let text):
        writer.number(0)
        writer.text(text)
      case .count: writer.number(1)
      case .times: writer.number(2)
      case .either(let one, let many):
        writer.number(3)
        writer.text(one)
        writer.text(many)
      }
    }
    writer.list(counts) { $0.number($1) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    let parts = try reader.list { reader throws(StateError) in
      switch try reader.number() {
      case 0: Part.text(try reader.text())
      case 1: Part.count
      case 2: Part.times
      case 3: Part.either(one: try reader.text(), many: try reader.text())
      default: throw StateError.damaged
      }
    }
    let counts = try reader.list { reader throws(StateError) in try reader.number() }
    guard let warning = RunWarning(parts, counts) else { throw .damaged }
    self = warning
  }
}
