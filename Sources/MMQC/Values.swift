// mmq.h: values.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CMMQ
internal import Glibc
internal import MMQ

/// A value with its parts.
final class CValue {
  let value: Value
  let text: UnsafePointer<CChar>?
  let size: Int
  /// Of members that have no value, nil.
  let parts: [CValue?]
  let names: [UnsafePointer<CChar>?]

  init(_ value: Value, _ strings: CStrings) {
    self.value = value
    let bytes: [UInt8] =
      switch value {
      case .string(let bytes), .buffer(let bytes): bytes
      default: Array(value.description.utf8)
      }
    text = strings.add(bytes)
    size = bytes.count
    let parts = value.namedParts
    self.parts = parts.map { $0.value.map { CValue($0, strings) } }
    names = parts.map { $0.name.flatMap { strings.add($0) } }
  }

  var buckets: [Value.Bucket] {
    if case .histogram(let buckets, _) = value { return buckets }
    return []
  }
}

extension Value {
  fileprivate var namedParts: [(name: String?, value: Value?)] {
    switch self {
    case .array(let items), .tuple(let items): items.map { (nil, $0) }
    case .record(let members): members.map { ($0.name, $0.value) }
    case .statistics(let count, let average, let total):
      [
        ("count", .number(.unsigned(count))), ("average", .number(average)),
        ("total", .number(total)),
      ]
    case .quantiles(let all): all.map { ($0.name, $0.value.map { .number($0) }) }
    case .timeSeries(let points, _): points.map { ($0.time, $0.value.map { .number($0) }) }
    case .stack(let frames, _): frames.map { ($0.symbol, .pointer($0.address)) }
    default: []
    }
  }

  fileprivate var kind: mmq_kind {
    switch self {
    case .number(.signed): MMQ_INTEGER
    case .number(.unsigned): MMQ_UNSIGNED
    case .number(.float): MMQ_FLOAT
    case .bool: MMQ_BOOL
    case .pointer: MMQ_POINTER
    case .symbol: MMQ_SYMBOL
    case .string: MMQ_STRING
    case .buffer: MMQ_BYTES
    case .array, .tuple: MMQ_LIST
    case .record: MMQ_RECORD
    case .statistics: MMQ_STATISTICS
    case .quantiles: MMQ_QUANTILES
    case .timeSeries: MMQ_SERIES
    case .stack: MMQ_STACK
    case .histogram: MMQ_HISTOGRAM
    }
  }

  /// As a number; nil for what is none.
  fileprivate var number: Value.Number? {
    switch self {
    case .number(let number): number
    case .bool(let isTrue): .unsigned(isTrue ? 1 : 0)
    case .pointer(let word), .symbol(_, let word): .unsigned(word)
    default: nil
    }
  }
}

private func number(_ value: OpaquePointer?) -> Value.Number? {
  Handle.object(value, as: CValue.self)?.value.number
}

@c @implementation
public func mmq_value_kind(_ value: OpaquePointer?) -> mmq_kind {
  Handle.object(value, as: CValue.self)?.value.kind ?? MMQ_LIST
}

@c @implementation
public func mmq_value_int(_ value: OpaquePointer?) -> Int64 {
  switch number(value) {
  case .signed(let number): number
  case .unsigned(let number): Int64(truncatingIfNeeded: number)
  case .float(let number): Int64(exactly: number.rounded(.towardZero)) ?? 0
  case nil: 0
  }
}

@c @implementation
public func mmq_value_uint(_ value: OpaquePointer?) -> UInt64 {
  switch number(value) {
  case .signed(let number): UInt64(truncatingIfNeeded: number)
  case .unsigned(let number): number
  case .float(let number): UInt64(exactly: number.rounded(.towardZero)) ?? 0
  case nil: 0
  }
}

@c @implementation
public func mmq_value_double(_ value: OpaquePointer?) -> Double {
  switch number(value) {
  case .signed(let number): Double(number)
  case .unsigned(let number): Double(number)
  case .float(let number): number
  case nil: 0
  }
}

@c @implementation
public func mmq_value_text(
  _ value: OpaquePointer?, _ size: UnsafeMutablePointer<Int>?
) -> UnsafePointer<CChar>? {
  let value = Handle.object(value, as: CValue.self)
  size?.pointee = value?.size ?? 0
  return value?.text
}

@c @implementation
public func mmq_value_count(_ value: OpaquePointer?) -> Int {
  guard let value = Handle.object(value, as: CValue.self) else { return 0 }
  return value.parts.isEmpty ? value.buckets.count : value.parts.count
}

@c @implementation
public func mmq_value_at(_ value: OpaquePointer?, _ index: Int) -> OpaquePointer? {
  guard let parts = Handle.object(value, as: CValue.self)?.parts, parts.indices.contains(index)
  else { return nil }
  return parts[index].map { Handle.lend($0) }
}

@c @implementation
public func mmq_value_name(_ value: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
  guard let names = Handle.object(value, as: CValue.self)?.names, names.indices.contains(index)
  else { return nil }
  return names[index]
}

@c @implementation
public func mmq_value_bucket(
  _ value: OpaquePointer?, _ index: Int, _ result: UnsafeMutablePointer<mmq_bucket>?
) -> Bool {
  guard let buckets = Handle.object(value, as: CValue.self)?.buckets,
    buckets.indices.contains(index)
  else { return false }
  let bucket = buckets[index]
  result?.pointee = mmq_bucket(
    has_low: bucket.low != nil, has_high: bucket.high != nil,
    is_low_negative: bucket.low.map { $0 < 0 } ?? false,
    is_high_negative: bucket.high.map { $0 < 0 } ?? false,
    low: UInt64(truncatingIfNeeded: bucket.low ?? 0),
    high: UInt64(truncatingIfNeeded: bucket.high ?? 0), count: bucket.count)
  return true
}
