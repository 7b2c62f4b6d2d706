// Types in a state file, with the names of their values.

internal import MMQTrace

extension Type {
  /// What a type's bytes begin with. The numbers are the format: they stay.
  private enum Tag: UInt8 {
    case unknown, integer, pointer, bool, float, string, buffer, array, tuple, record,
      stack
  }

  /// Deeper ones are refused by the checker, too.
  private static let deepest = 40

  func write(to writer: inout StateWriter) {
    switch self {
    case .unknown: writer.tag(Tag.unknown)
    case .integer(let integer):
      writer.tag(Tag.integer)
      integer.write(to: &writer)
    case .pointer: writer.tag(Tag.pointer)
    case .bool: writer.tag(Tag.bool)
    case .float: writer.tag(Tag.float)
    case .string: writer.tag(Tag.string)
    case .buffer: writer.tag(Tag.buffer)
    case .stack(let mode):
      writer.tag(Tag.stack)
      writer.text(mode.rawValue)
    case .array(let array):
      writer.tag(Tag.array)
      array.element.write(to: &writer)
      writer.optional(array.count) { $0.count($1) }
      writer.flag(array.byteOrder == .big)
    case .tuple(let items):
      writer.tag(Tag.tuple)
      writer.list(items) { $1.write(to: &$0) }
    case .record(let members):
      writer.tag(Tag.record)
      writer.list(members) { writer, member in
        writer.text(member.name)
        member.type.write(to: &writer)
      }
    }
  }

  init(from reader: inout StateReader, depth: Int = 0) throws(StateError) {
    guard depth < Type.deepest, let tag = Tag(rawValue: try reader.byte()) else { throw .damaged }
    switch tag {
    case .unknown: self = .unknown
    case .integer: self = .integer(try IntegerType(from: &reader))
    case .pointer: self = .pointer
    case .bool: self = .bool
    case .float: self = .float
    case .string: self = .string
    case .buffer: self = .buffer
    case .stack:
      guard let mode = StackMode(rawValue: try reader.text()) else { throw .damaged }
      self = .stack(mode)
    case .array: self = .array(try ArrayType(from: &reader))
    case .tuple:
      self = .tuple(
        try reader.list { reader throws(StateError) in try Type(from: &reader, depth: depth + 1) })
    case .record:
      self = .record(
        try reader.list { reader throws(StateError) in
          Member(name: try reader.text(), type: try Type(from: &reader, depth: depth + 1))
        })
    }
  }
}

extension StateWriter {
  fileprivate mutating func tag<Tag: RawRepresentable<UInt8>>(_ tag: Tag) {
    number(UInt64(tag.rawValue))
  }
}

extension IntegerType {
  fileprivate func write(to writer: inout StateWriter) {
    writer.count(bits)
    writer.flag(isSigned)
    writer.flag(isLiteral)
    writer.optional(symbols) { $1.write(to: &$0) }
  }

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    let bits = try reader.int()
    guard [8, 16, 32, 64].contains(bits) else { throw .damaged }
    let (isSigned, isLiteral) = (try reader.flag(), try reader.flag())
    self.init(
      bits: bits, isSigned: isSigned,
      symbols: try reader.optional { reader throws(StateError) in try SymbolTable(from: &reader) },
      isLiteral: isLiteral)
  }
}

extension ArrayType {
  /// More elements than any record has room for.
  private static let longest = 1 << 24

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    element = try Type(from: &reader)
    guard element.isIntegral else { throw .damaged }
    count = try reader.optional { reader throws(StateError) in try reader.int() }
    guard (count ?? 0) <= ArrayType.longest else { throw .damaged }
    byteOrder = try reader.flag() ? .big : .little
  }
}

extension SymbolTable {
  fileprivate func write(to writer: inout StateWriter) {
    switch kind {
    case .values: writer.number(0)
    case .enumeration: writer.number(1)
    case .flags(let delimiter):
      writer.number(2)
      writer.text(delimiter)
    }
    writer.list(entries) { writer, entry in
      writer.number(entry.value)
      writer.text(entry.name)
    }
    writer.optional(zeroName) { $0.text($1) }
    writer.optional(mask) { $0.number($1) }
    writer.list(unresolved) { $0.text($1) }
  }

  fileprivate convenience init(from reader: inout StateReader) throws(StateError) {
    let kind: Kind
    switch try reader.number() {
    case 0: kind = .values
    case 1: kind = .enumeration
    case 2: kind = .flags(delimiter: try reader.text())
    default: throw .damaged
    }
    self.init(
      kind: kind,
      entries: try reader.list { reader throws(StateError) in
        Entry(value: try reader.number(), name: try reader.text())
      },
      zeroName: try reader.optional { reader throws(StateError) in try reader.text() },
      mask: try reader.optional { reader throws(StateError) in try reader.number() },
      unresolved: try reader.list { reader throws(StateError) in try reader.text() })
  }
}
