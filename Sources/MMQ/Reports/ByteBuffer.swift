// Text under construction.

/// Bytes to which numbers and values are appended in their text form.
struct ByteBuffer {
  private(set) var bytes: [UInt8] = []
  /// Control bytes of strings in values are shown: a terminal must not obey them.
  var escapesStrings = false

  var count: Int { bytes.count }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
  mutating func append(_ more: UnsafeBufferPointer<UInt8>) {
    guard let from = more.baseAddress else { return }
    write(more.count) { $0.update(from: from, count: more.count) }
  }
  mutating func append(repeating byte: UInt8, count: Int) {
    if count > 0 { bytes.append(contentsOf: repeatElement(byte, count: count)) }
  }

  mutating func insert(repeating byte: UInt8, count: Int, at place: Int) {
    if count > 0 { bytes.insert(contentsOf: repeatElement(byte, count: count), at: place) }
  }

  mutating func removeAll(from place: Int) { bytes.removeSubrange(place...) }

  mutating func append(decimal value: UInt64) {
    var length = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      length &+= 1
    }
    write(length) { room in
      var rest = value
      for place in (0..<length).reversed() {
        room[place] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
        rest /= 10
      }
    }
  }

  mutating func append(decimal value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  mutating func append(hexadecimal value: UInt64) { append(value, radix: 16) }

  /// In binary, octal or hexadecimal digits.
  mutating func append(_ value: UInt64, radix: UInt64, isUppercase: Bool = false) {
    let shift = UInt64(radix.trailingZeroBitCount)
    let ten = UInt8(ascii: isUppercase ? "A" : "a")
    let digits = max(1, (64 - UInt64(value.leadingZeroBitCount) + shift - 1) / shift)
    for place in (0..<digits).reversed() {
      let digit = UInt8(truncatingIfNeeded: value >> (place * shift) & (radix - 1))
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : ten + digit - 10)
    }
  }

  /// Makes room for so many bytes, which `fill` writes: in one step, for what is printed at every event.
  @inline(__always)
  private mutating func write(_ count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    if count == 0 { return }
    bytes.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { room, written in
        fill(room.baseAddress! + written)
        written += count
      }
    }
  }
}

extension ByteBuffer {
  mutating func append(_ number: Value.Number) {
    switch number {
    case .signed(let value): append(decimal: value)
    case .unsigned(let value): append(decimal: value)
    case .float(let value): append(CFormat.float(value, letter: "f"))
    }
  }

  /// A value as text output shows it: strings bare, tuples in parentheses.
  mutating func append(_ value: Value) {
    switch value {
    case .number(let number): append(number)
    case .symbol(let name, _): append(string: Array(name.utf8))
    case .pointer(let address):
      append("0x")
      append(hexadecimal: address)
    case .bool(let value): append(value ? "true" : "false")
    case .string(let text): append(string: text)
    case .buffer(let bytes): append(contentsOf: BufferText.readable(bytes))
    case .stack(let frames, let mode): append(frames, mode)
    case .array(let items):
      append("[")
      append(list: items, separator: ",")
      append("]")
    case .tuple(let items):
      append("(")
      append(list: items)
      append(")")
    case .record(let members): append(record: members)
    case .statistics(let count, let average, let total):
      append("{ .count = ")
      append(decimal: count)
      append(", .average = ")
      append(average)
      append(", .total = ")
      append(total)
      append(" }")
    case .quantiles(let quantiles): append(quantiles)
    case .histogram, .timeSeries: break  // rows of their own: see TextRenderer
    }
  }

  private mutating func append(string: [UInt8]) {
    append(contentsOf: escapesStrings ? ControlBytes.escaped(string) : string)
  }

  private mutating func append(_ quantiles: [Value.Quantile]) {
    append("{ ")
    for (index, quantile) in quantiles.enumerated() {
      append("\(index > 0 ? ", " : "").\(quantile.name) = ")
      if let value = quantile.value { append(value) } else { append("-") }
    }
    append(" }")
  }

  /// The parts of a key, as they stand between brackets.
  mutating func append(key: Value) {
    if case .tuple(let items) = key { append(list: items) } else { append(key) }
  }

  /// `{ .a = 1, .b = hi }`
  private mutating func append(record members: [Value.Member]) {
    append("{ ")
    for (index, member) in members.enumerated() {
      append(index > 0 ? ", .\(member.name) = " : ".\(member.name) = ")
      append(member.value)
    }
    append(" }")
  }

  private mutating func append(list items: [Value], separator: String = ", ") {
    for (index, item) in items.enumerated() {
      if index > 0 { append(separator) }
      append(item)
    }
  }
}
