// Memory that text is written to, without a check more than needed.

/// Bytes of text that grow at the end. Its owner frees it.
struct LineBuffer {
  private var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity = 1 << 10

  init() { start = .allocate(capacity: capacity) }

  func deallocate() { start.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  mutating func removeAll() { count = 0 }

  /// Makes room for so many more bytes.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if more > capacity &- count { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    memory.update(from: start, count: count)
    start.deallocate()
    (start, capacity) = (memory, larger)
  }

  @inline(__always)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    guard let from = text.baseAddress else { return }
    reserve(text.count)
    (start + count).update(from: from, count: text.count)
    count &+= text.count
  }

  mutating func append(decimal value: Int64) {
    if value < 0 {
      reserve(1)
      start[count] = UInt8(ascii: "-")
      count &+= 1
    }
    append(decimal: value.magnitude)
  }

  mutating func append(decimal value: UInt64) {
    var length = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      length &+= 1
    }
    append(value, by: 10, length)
  }

  mutating func append(hexadecimal value: UInt64) {
    append(value, by: 16, max(1, (67 &- value.leadingZeroBitCount) / 4))
  }

  /// A number of so many digits.
  @inline(__always)
  private mutating func append(_ value: UInt64, by radix: UInt64, _ length: Int) {
    reserve(length)
    var at = count &+ length
    var rest = value
    while at > count {
      at &-= 1
      let digit = UInt8(truncatingIfNeeded: rest % radix)
      start[at] = digit < 10 ? digit &+ UInt8(ascii: "0") : digit &+ (UInt8(ascii: "a") - 10)
      rest /= radix
    }
    count &+= length
  }
}
