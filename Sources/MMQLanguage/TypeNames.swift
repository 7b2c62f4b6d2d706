// The names of types that casts and declarations may use.

/// What may stand between the parentheses of a cast.
public enum TypeNames {
  /// Width in bits and signedness of each integer type's name, C's spellings included.
  public static let integers: [String: (bits: Int, isSigned: Bool)] = [
    "int8": (8, true), "int16": (16, true), "int32": (32, true), "int64": (64, true),
    "uint8": (8, false), "uint16": (16, false), "uint32": (32, false), "uint64": (64, false),
    "int8_t": (8, true), "int16_t": (16, true), "int32_t": (32, true), "int64_t": (64, true),
    "uint8_t": (8, false), "uint16_t": (16, false), "uint32_t": (32, false),
    "uint64_t": (64, false), "u8": (8, false), "u16": (16, false), "u32": (32, false),
    "u64": (64, false), "s8": (8, true), "s16": (16, true), "s32": (32, true), "s64": (64, true),
    "char": (8, true), "short": (16, true), "int": (32, true), "long": (64, true),
  ]

  /// Types that are no integers.
  public static let others: Set<String> = ["bool", "string", "float64"]

  static func isType(_ name: String) -> Bool { integers[name] != nil || others.contains(name) }
}
