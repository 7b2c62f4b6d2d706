// Arrays: rows of numbers of one type, as events have them.

public import MMQTrace

/// The type of an array. Its value is an id in the string pool, of its bytes as the traced machine
/// stores them: equal arrays are equal words, whatever their length. The zero of an array of known
/// length is the id 0, as of all types: `ArrayBytes` sees to it.
public struct ArrayType: Sendable, Hashable {
  /// An integer, a bool or a pointer.
  public var element: Type
  /// How many elements; nil where that differs from record to record.
  public var count: Int?
  /// How the traced machine stores the elements.
  public var byteOrder: ByteOrder

  /// Whether a value of the other type can be compared with one of this type, byte by byte.
  func isAlike(_ other: ArrayType) -> Bool {
    element.byteSize == other.element.byteSize && byteOrder == other.byteOrder
      && (count == other.count || count == nil || other.count == nil)
  }

  /// The type that holds values of both; nil where elements differ.
  func joined(with other: ArrayType) -> ArrayType? {
    guard element == other.element, byteOrder == other.byteOrder,
      count == nil || other.count == nil || count == other.count
    else { return nil }
    return ArrayType(
      element: element, count: count == other.count ? count : nil, byteOrder: byteOrder)
  }

  /// Bytes of all elements, where that is known.
  var size: Int? { count.map { $0 * element.byteSize } }

  /// How many whole elements lie in so many bytes.
  func count(ofBytes bytes: Int) -> Int { bytes / element.byteSize }

  /// The register word of the element at an index, which must lie within the bytes.
  func word(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt64 {
    let size = element.byteSize
    let start = UnsafeRawPointer(bytes.baseAddress!) + index * size
    let isSigned = element.isSigned
    switch size {
    case 1:
      let byte = start.load(as: UInt8.self)
      return isSigned ? UInt64(bitPattern: Int64(Int8(bitPattern: byte))) : UInt64(byte)
    case 2:
      return isSigned
        ? UInt64(bitPattern: Int64(start.load(Int16.self, at: 0, byteOrder)))
        : UInt64(start.load(UInt16.self, at: 0, byteOrder))
    case 4:
      return isSigned
        ? UInt64(bitPattern: Int64(start.load(Int32.self, at: 0, byteOrder)))
        : UInt64(start.load(UInt32.self, at: 0, byteOrder))
    default: return start.load(UInt64.self, at: 0, byteOrder)
    }
  }

  /// All elements, as words. The zero that a map gives for a missing key has no bytes: of an array of
  /// known length all its elements are 0.
  func words(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt64] {
    let present = count(ofBytes: bytes.count)
    return (0..<(count ?? present)).map { $0 < present ? word(bytes, at: $0) : 0 }
  }
}

extension Type {
  static func bytes(_ count: Int?, _ byteOrder: ByteOrder) -> Type {
    .array(ArrayType(element: .uint8, count: count, byteOrder: byteOrder))
  }

  var isArray: Bool {
    if case .array = self { return true }
    return false
  }

  /// The type of a field that is an array; nil for others.
  init?(arrayOf field: Field, _ byteOrder: ByteOrder) {
    let (size, count, isSigned): (Int, Int?, Bool)
    switch field.shape {
    case .array(let elementSize, let elements, let signed):
      (size, count, isSigned) = (elementSize, elements, signed)
    case .dynamicArray(let elementSize, let signed, _):
      (size, count, isSigned) = (elementSize, nil, signed)
    default: return nil
    }
    guard [1, 2, 4, 8].contains(size) else { return nil }
    let element = Type(element: field.typeText, size: size, isSigned: isSigned)
    self = .array(ArrayType(element: element, count: count, byteOrder: byteOrder))
  }

  private init(element typeText: String, size: Int, isSigned: Bool) {
    let words = typeText.prefix { $0 != "[" }.split(separator: " ")
    if words.last?.hasSuffix("*") == true, size == 8 {
      self = .pointer
    } else if size == 1, words.last == "bool" {
      self = .bool
    } else {
      self = .integer(IntegerType(bits: size * 8, isSigned: isSigned))
    }
  }
}

extension Type {
  /// Both are bytes that can be compared: arrays alike, or an array of bytes and a buffer.
  func hasBytes(like other: Type) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)): a.isAlike(b)
    case (.array(let a), .buffer), (.buffer, .array(let a)): a.element.byteSize == 1
    default: false
    }
  }
}
