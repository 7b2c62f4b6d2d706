// The names that a `print fmt` gives to the numbers of one field.

/// A `__print_symbolic` or `__print_flags` table. Equal tables of different events are equal
/// values, so that their maps can share keys.
public final class SymbolTable: Sendable, Hashable {
  /// How the numbers of a table are meant.
  public enum Kind: Sendable, Hashable {
    /// `__print_symbolic`: one name a value.
    case values
    /// `__print_flags`: a name a mask, joined by the delimiter.
    case flags(delimiter: String)
    /// An enum of the script: as `values`, but a number without a name is decimal.
    case enumeration
  }

  /// A number, and its name.
  public struct Entry: Sendable, Hashable {
    /// What `field & mask` holds, the field extended to 64 bits by its own sign: a table's -1 is
    /// all ones for an `int` field without a mask, and 0xffff_ffff where the kernel's `long` has
    /// 32 bits or the format casts (`mask` is then 0xffff_ffff).
    public var value: UInt64
    /// As the format spells it.
    public var name: String

    public init(value: UInt64, name: String) {
      self.value = value
      self.name = name
    }
  }

  /// What sort of table it is.
  public let kind: Kind
  /// In the order of the format, which decides (`GFP_KERNEL` stands before `__GFP_IO`).
  public let entries: [Entry]
  /// What the text around the call prints for zero, such as `none`.
  public let zeroName: String?
  /// Where the format decodes `field & mask`: the mask. A cast that narrows is a mask too.
  public let mask: UInt64?
  /// Names whose value is no number in the format; their values print as numbers.
  public let unresolved: [String]

  public init(
    kind: Kind, entries: [Entry], zeroName: String? = nil, mask: UInt64? = nil,
    unresolved: [String] = []
  ) {
    self.kind = kind
    self.entries = entries
    self.zeroName = zeroName
    self.mask = mask
    self.unresolved = unresolved
  }

  public static func == (a: SymbolTable, b: SymbolTable) -> Bool {
    a === b
      || (a.kind == b.kind && a.entries == b.entries && a.zeroName == b.zeroName
        && a.mask == b.mask && a.unresolved == b.unresolved)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(entries)
  }
}
