// An event as a record of its fields.

internal import MMQLanguage
internal import MMQTrace

extension Value {
  /// The fields of an event's record in the order of its format; those that are no values, such as
  /// structs, are left out. nil for a field that lies outside of the record.
  init(event schema: EventSchema, _ record: EventRef, _ strings: StringPool) {
    let members = schema.ownFields.compactMap { field in
      Value(field, of: schema, record, strings).map { Member(name: field.name, value: $0) }
    }
    self = .record(members)
  }

  private init?(
    _ field: Field, of schema: EventSchema, _ record: EventRef, _ strings: StringPool
  ) {
    guard let type = Type(of: field, in: schema, record.byteOrder), field.end <= record.size else {
      return nil
    }
    switch type {
    case .string: self = .string(record.string(field).map { Array($0) } ?? [])
    case .array:
      let id = record.bytes(field).map { strings.intern($0) } ?? 0
      self = withUnsafePointer(to: id) { Value(type, $0, strings) }
    default:
      var word = UInt64(bitPattern: record.integer(field) ?? 0)
      var shown = type
      if let narrow = SystemCallArgument.type(of: field, in: schema) {
        shown = .integer(narrow)
        word = narrow.extended(word)
      }
      self = withUnsafePointer(to: word) { Value(shown, $0, strings) }
    }
  }
}

extension IntegerType {
  /// The low bits of a word as a value of this type, extended to a register's 64 bits.
  fileprivate func extended(_ word: UInt64) -> UInt64 {
    let unused = UInt64(64 - bits)
    if isSigned { return UInt64(bitPattern: Int64(bitPattern: word << unused) >> Int64(unused)) }
    return (word << unused) >> unused
  }
}
