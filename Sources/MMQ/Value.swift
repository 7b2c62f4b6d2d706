// Results as plain values: what renderers and embedding programs get.

internal import MMQTrace

/// A key, a value, or an argument, with all that printing it needs.
public indirect enum Value: Sendable, Equatable {
  /// A number of 64 bits.
  public enum Number: Sendable, Equatable {
    case signed(Int64)
    case unsigned(UInt64)
    case float(Double)
  }

  /// One row of a histogram: `low` to `high`, both included; nil is without end.
  public struct Bucket: Sendable, Equatable {
    /// The smallest value that counts; nil for no end.
    public var low: Int128?
    /// The largest value that counts; nil for no end.
    public var high: Int128?
    /// How many values fell between both.
    public var count: UInt64
  }

  /// A named part of a record.
  public struct Member: Sendable, Equatable {
    /// The name of the field.
    public var name: String
    /// What it holds.
    public var value: Value
  }

  /// A value below which so many percent lie; nil of nothing.
  public struct Quantile: Sendable, Equatable {
    /// 0 to 100.
    public var percent: Double
    /// nil of nothing.
    public var value: Number?

    /// `p50`, `p99.9`.
    public var name: String {
      "p" + (Int(exactly: percent).map(String.init) ?? String(percent))
    }
  }

  /// One interval of a time series; without a value where there was none.
  public struct Point: Sendable, Equatable {
    /// Nanoseconds of the source's clock.
    public var start: UInt64
    /// The start as text: `10:41:46.700`, as fine as the interval is.
    public var time = ""
    /// The start in nanoseconds since 1970, where the source tells the date; else as `start`.
    public var date: UInt64 = 0
    /// nil where nothing happened in the interval.
    public var value: Number?
  }

  /// One address of a stack, and the function that it lies in, where that is known.
  public struct Frame: Sendable, Equatable {
    /// Where the code lies.
    public var address: UInt64
    /// The function; nil where it is not known.
    public var symbol: String?
    /// Bytes from the start of the function; nil where nobody knows, as in a text that has names only.
    public var offset: UInt64? = 0
  }

  /// How the buckets of a histogram lie: doubling, or of one width.
  public enum Scale: Sendable, Equatable {
    case powers(subBits: Int)
    case linear(step: Int64)
  }

  case number(Number)
  /// A number with a name, from the event's own table.
  case symbol(String, UInt64)
  case pointer(UInt64)
  case bool(Bool)
  case string([UInt8])
  case buffer([UInt8])
  /// The innermost function first.
  case stack([Frame], StackMode)
  case array([Value])
  case tuple([Value])
  case record([Member])
  case statistics(count: UInt64, average: Number, total: Number)
  case histogram([Bucket], Scale)
  case quantiles([Quantile])
  /// Consecutive intervals of so many nanoseconds.
  case timeSeries([Point], interval: UInt64)
}

extension Value.Number {
  /// Less than a number of the same kind. A nan is before all others, so that there is one order.
  func isLess(than other: Value.Number) -> Bool {
    switch (self, other) {
    case (.signed(let a), .signed(let b)): a < b
    case (.unsigned(let a), .unsigned(let b)): a < b
    default: double < other.double || isNaN && !other.isNaN
    }
  }

  /// It is the new least, if the other was it: a nan is where there is nothing else, so that the order of values
  /// does not matter.
  func isNewLeast(after other: Value.Number) -> Bool {
    other.isNaN ? !isNaN : !isNaN && isLess(than: other)
  }

  /// The same of the greatest.
  func isNewGreatest(after other: Value.Number) -> Bool {
    other.isNaN ? !isNaN : !isNaN && other.isLess(than: self)
  }

  var isNaN: Bool {
    if case .float(let value) = self { return value.isNaN }
    return false
  }

  var double: Double {
    switch self {
    case .signed(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float(let value): value
    }
  }

  /// The register word that holds it.
  var word: UInt64 {
    switch self {
    case .signed(let value): UInt64(bitPattern: value)
    case .unsigned(let value): value
    case .float(let value): value.bitPattern
    }
  }
}

extension Value.Frame {
  /// By what is printed. An address that has a name is no part of that, and saved states do not have it: so
  /// merged maps have the order of the run.
  fileprivate func isBefore(_ other: Value.Frame, _ mode: StackMode) -> Bool {
    guard let symbol, let named = other.symbol else {
      return symbol == nil && other.symbol == nil ? address < other.address : symbol != nil
    }
    if symbol != named { return symbol.utf8.lexicographicallyPrecedes(named.utf8) }
    if offset != other.offset || mode == .bpftrace { return offset ?? 0 < other.offset ?? 0 }
    return address < other.address
  }
}

extension Value {
  /// Reads a value of a type from its words.
  init(_ type: Type, _ words: UnsafePointer<UInt64>, _ strings: StringPool) {
    switch type {
    case .unknown: self = .number(.unsigned(words[0]))
    case .integer(let integer):
      if let symbols = integer.symbols {
        self = .symbol(symbols.name(of: words[0]), words[0])
      } else {
        self = .number(
          integer.isSigned ? .signed(Int64(bitPattern: words[0])) : .unsigned(words[0]))
      }
    case .pointer: self = .pointer(words[0])
    case .bool: self = .bool(words[0] != 0)
    case .float: self = .number(.float(Double(bitPattern: words[0])))
    case .string: self = .string(Array(strings.bytes(of: words[0])))
    case .buffer: self = .buffer(Array(strings.bytes(of: words[0])))
    case .stack(let mode):
      let frames = StackBytes.frames(strings.bytes(of: words[0])) {
        mode == .raw ? Frame(address: $0) : strings.frame($0)
      }
      self = .stack(frames, mode)
    case .array(let array):
      self = .array(
        array.words(strings.bytes(of: words[0])).map { word in
          withUnsafePointer(to: word) { Value(array.element, $0, strings) }
        })
    case .tuple(let types): self = .tuple(Value.parts(types, words, strings))
    case .record(let members):
      let values = Value.parts(members.map(\.type), words, strings)
      self = .record(zip(members, values).map { Member(name: $0.name, value: $1) })
    }
  }

  private static func parts(
    _ types: [Type], _ words: UnsafePointer<UInt64>, _ strings: StringPool
  ) -> [Value] {
    var next = words
    return types.map { type in
      defer { next += type.words }
      return Value(type, next, strings)
    }
  }

  /// The order of keys: numbers by value, text and names by bytes, tuples from the left.
  func isBefore(_ other: Value) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)): return a.isLess(than: b)
    case (.pointer(let a), .pointer(let b)): return a < b
    case (.bool(let a), .bool(let b)): return !a && b
    case (.string(let a), .string(let b)), (.buffer(let a), .buffer(let b)):
      return a.lexicographicallyPrecedes(b)
    case (.stack(let a, let mode), .stack(let b, _)):
      return a.lexicographicallyPrecedes(b) { $0.isBefore($1, mode) }
    case (.symbol(let a, let x), .symbol(let b, let y)):
      return a == b ? x < y : a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.tuple(let a), .tuple(let b)), (.array(let a), .array(let b)):
      for (x, y) in zip(a, b) where x != y { return x.isBefore(y) }
      return a.count < b.count
    case (.record(let a), .record(let b)):
      return Value.tuple(a.map(\.value)).isBefore(.tuple(b.map(\.value)))
    default: return false
    }
  }
}
