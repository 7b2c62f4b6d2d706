// Integer constants with C's rules of width and sign, so that masks fold as the compiler did.

/// A C integer: its bits, extended to 64 by its sign, and its type's width.
public struct CInteger: Sendable, Hashable {
  /// The value, sign- or zero-extended to 64 bits.
  public var bits: UInt64
  /// Bytes of its type: 4 or 8 after C's integer promotion.
  public var size: Int
  /// Whether its type has a sign: what narrower values are extended by.
  public var isSigned: Bool

  /// Truncates `bits` to `size` bytes and extends them again.
  public init(_ bits: UInt64, size: Int = 8, isSigned: Bool = true) {
    self.bits = CInteger.extend(bits, size: size, isSigned: isSigned)
    self.size = size
    self.isSigned = isSigned
  }

  public init(int value: Int32) {
    self.init(UInt64(bitPattern: Int64(value)), size: 4)
  }

  /// `bits` cut to `size` bytes, then extended to 64 bits.
  public static func extend(_ bits: UInt64, size: Int, isSigned: Bool) -> UInt64 {
    switch size {
    case 1: isSigned ? UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: bits))) : bits & 0xff
    case 2: isSigned ? UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: bits))) : bits & 0xffff
    case 4:
      isSigned ? UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits))) : bits & 0xffff_ffff
    default: bits
    }
  }

  /// The value in a cast's type; unchanged where the type's size isn't known. Narrower types are
  /// promoted to `int`, as in every C expression.
  public func cast(to type: CType) -> CInteger {
    guard let size = type.size else { return self }
    if type.text == "bool" || type.text == "_Bool" { return CInteger(int: bits == 0 ? 0 : 1) }
    let cut = CInteger.extend(bits, size: size, isSigned: type.isSigned)
    return size < 4 ? CInteger(cut, size: 4) : CInteger(cut, size: size, isSigned: type.isSigned)
  }

  /// The value behind an operator; nil for `&` and `*`, which need an object in memory.
  public func apply(_ op: PrintExpression.Unary) -> CInteger? {
    switch op {
    case .plus: self
    case .minus: CInteger(0 &- bits, size: size, isSigned: isSigned)
    case .complement: CInteger(~bits, size: size, isSigned: isSigned)
    case .not: CInteger(int: bits == 0 ? 1 : 0)
    case .addressOf, .dereference: nil
    }
  }

  /// The result of a binary operator; nil where C has none (division by zero, a shift too far).
  public static func apply(_ op: PrintExpression.Binary, _ a: CInteger, _ b: CInteger) -> CInteger?
  {
    switch op {
    case .shiftLeft, .shiftRight: return shift(op, a, b)
    case .and: return CInteger(int: a.bits != 0 && b.bits != 0 ? 1 : 0)
    case .or: return CInteger(int: a.bits != 0 || b.bits != 0 ? 1 : 0)
    default: break
    }
    let size = max(a.size, b.size)
    // The unsigned type wins unless the signed one is wider.
    let isSigned = !((!a.isSigned && a.size == size) || (!b.isSigned && b.size == size))
    let x = CInteger(a.bits, size: size, isSigned: isSigned)
    let y = CInteger(b.bits, size: size, isSigned: isSigned)
    if let truth = compare(op, x, y) { return CInteger(int: truth ? 1 : 0) }
    return arithmetic(op, x, y).map { CInteger($0, size: size, isSigned: isSigned) }
  }

  private static func shift(
    _ op: PrintExpression.Binary, _ a: CInteger, _ b: CInteger
  ) -> CInteger? {
    guard b.bits < UInt64(a.size * 8) else { return nil }
    if op == .shiftLeft {
      return CInteger(a.bits << b.bits, size: a.size, isSigned: a.isSigned)
    }
    let bits =
      a.isSigned ? UInt64(bitPattern: Int64(bitPattern: a.bits) >> b.bits) : a.bits >> b.bits
    return CInteger(bits, size: a.size, isSigned: a.isSigned)
  }

  private static func compare(
    _ op: PrintExpression.Binary, _ x: CInteger, _ y: CInteger
  ) -> Bool? {
    let isLess =
      x.isSigned ? Int64(bitPattern: x.bits) < Int64(bitPattern: y.bits) : x.bits < y.bits
    switch op {
    case .less: return isLess
    case .lessEqual: return isLess || x.bits == y.bits
    case .greater: return !isLess && x.bits != y.bits
    case .greaterEqual: return !isLess
    case .equal: return x.bits == y.bits
    case .notEqual: return x.bits != y.bits
    default: return nil
    }
  }

  private static func arithmetic(
    _ op: PrintExpression.Binary, _ x: CInteger, _ y: CInteger
  ) -> UInt64? {
    switch op {
    case .add: return x.bits &+ y.bits
    case .subtract: return x.bits &- y.bits
    case .multiply: return x.bits &* y.bits
    case .bitAnd: return x.bits & y.bits
    case .bitOr: return x.bits | y.bits
    case .bitXor: return x.bits ^ y.bits
    case .divide, .remainder:
      return x.isSigned ? signedDivision(op, x.bits, y.bits) : unsignedDivision(op, x.bits, y.bits)
    default: return nil
    }
  }

  private static func unsignedDivision(
    _ op: PrintExpression.Binary, _ x: UInt64, _ y: UInt64
  ) -> UInt64? {
    guard y != 0 else { return nil }
    return op == .divide ? x / y : x % y
  }

  private static func signedDivision(
    _ op: PrintExpression.Binary, _ x: UInt64, _ y: UInt64
  ) -> UInt64? {
    let (a, b) = (Int64(bitPattern: x), Int64(bitPattern: y))
    let result =
      op == .divide
      ? a.dividedReportingOverflow(by: b)
      : a.remainderReportingOverflow(
        dividingBy: b)
    return result.overflow ? nil : UInt64(bitPattern: result.partialValue)
  }
}
