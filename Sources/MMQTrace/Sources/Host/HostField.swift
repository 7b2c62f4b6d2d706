// Events that a program defines for itself: their fields.

/// A field of an event of the host program.
public struct HostField: Sendable, Equatable {
  /// What the bytes of a field are: an integer of so many bits in the machine's order, or what each
  /// says.
  public enum Kind: Sendable, Equatable {
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    /// One byte, 0 or 1.
    case bool
    /// An address, 8 bytes.
    case pointer
    /// Text of at most so many bytes, 1 to 4096; it ends at the first NUL.
    case text(Int)
    /// Four bytes that say where the text lies: how many bytes behind them it starts in the low half, its
    /// length in the high half (the kernel's `__rel_loc`).
    case relativeText
  }

  /// A word of letters, digits and `_`.
  public var name: String
  /// How its bytes are read.
  public var kind: Kind
  /// Bytes from the start of what `HostSource.push` gets; nil for the first place behind the field before
  /// that is aligned as C does it.
  public var offset: Int?
  /// Names of an integer's values, without `"` and `\`: they print, and scripts may use them.
  public var names: [UInt64: String]

  public init(
    _ name: String, _ kind: Kind, offset: Int? = nil, names: [UInt64: String] = [:]
  ) {
    self.name = name
    self.kind = kind
    self.offset = offset
    self.names = names
  }
}

extension HostField.Kind {
  /// Bytes.
  var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .relativeText: 4
    case .int64, .uint64, .pointer: 8
    case .text(let size): size
    }
  }

  var alignment: Int {
    if case .text = self { return 1 }
    return size
  }

  var isSigned: Bool { [.int8, .int16, .int32, .int64].contains(self) }

  var isInteger: Bool {
    switch self {
    case .bool, .pointer, .text, .relativeText: false
    default: true
    }
  }

  /// As a `format` text declares it.
  func declaration(of name: String) -> String {
    switch self {
    case .int8: "s8 \(name)"
    case .int16: "short \(name)"
    case .int32: "int \(name)"
    case .int64: "s64 \(name)"
    case .uint8: "u8 \(name)"
    case .uint16: "unsigned short \(name)"
    case .uint32: "unsigned int \(name)"
    case .uint64: "u64 \(name)"
    case .bool: "bool \(name)"
    case .pointer: "void * \(name)"
    case .text(let size): "char \(name)[\(size)]"
    case .relativeText: "__rel_loc char[] \(name)"
    }
  }

  /// Its conversion in a `print fmt`, and the argument.
  func printed(_ name: String) -> (conversion: String, argument: String) {
    switch self {
    case .int64: ("%lld", "REC->\(name)")
    case .uint64: ("%llu", "REC->\(name)")
    case .int8, .int16, .int32: ("%d", "REC->\(name)")
    case .uint8, .uint16, .uint32, .bool: ("%u", "REC->\(name)")
    case .pointer: ("%p", "REC->\(name)")
    case .text: ("%s", "REC->\(name)")
    case .relativeText: ("%s", "__get_rel_str(\(name))")
    }
  }
}
