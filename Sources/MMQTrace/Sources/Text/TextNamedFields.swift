// Fields found by their names in a line, one by one.

/// Finds fields by name: slower than a pattern, and for any order.
final class TextNamedFields {
  private let destinations: [[UInt8]: TextDestination]
  private let isWanted: Int

  /// `system` and `event`: whose fields they are.
  init(_ fields: [Field], of system: String, _ event: String) {
    destinations = Dictionary(
      fields.map { (Array($0.name.utf8), TextNamedFields.destination($0, of: system, event)) },
      uniquingKeysWith: { a, _ in a })
    isWanted = fields.count
  }

  /// Where a value of the form `name=value` goes.
  static func destination(_ field: Field, of system: String, _ event: String) -> TextDestination {
    switch field.shape {
    case .string: .fixed(offset: field.offset, size: field.size)
    case .dynamicString: .dynamic(offset: field.offset)
    default:
      .number(
        TextTarget(
          offset: field.offset, size: min(field.size, 8),
          refused: refused(field),
          zero: field.name == "pfn" && withoutPage.contains(event) ? .max : 0,
          base: TextBase.of(field.name, in: event, of: system)))
    }
  }

  /// What only lines tell the type of holds no more than they did.
  private static func refused(_ field: Field) -> LineValueKind {
    switch field.typeText {
    case "s64": [.large, .pointer]
    case "u64": [.negative, .pointer]
    case "void *": [.number, .truth]
    default: []
    }
  }

  /// They print 0 for the number of a page that there is not, which their records and scripts know as -1:
  /// linux/include/trace/events/kmem.h.
  private static let withoutPage: Set<String> = [
    "mm_page_alloc", "mm_page_alloc_zone_locked", "mm_page_pcpu_drain",
  ]

  enum Result { case all, some, none }

  /// `some`: a field is missing; `none`: a value is none of its field's type. `unknown` is told of names
  /// that no field has.
  func match(
    _ text: TextSpan, _ record: inout TextRecord, unknown: (TextSpan) -> Void
  ) -> Result {
    var found: Set<[UInt8]> = []
    var isWrong = false
    // Strings are appended: a record cannot be borrowed by the closure.
    var values: [(TextDestination, TextSpan)] = []
    TextKeys.each(text) { key, value in
      let name = key.fieldName
      guard let place = destinations[name] else { return unknown(key) }
      if found.insert(name).inserted { values.append((place, value)) }
    }
    for (place, value) in values where !TextNamedFields.store(value, place, &record) {
      isWrong = true
    }
    return isWrong ? .none : found.count == isWanted ? .all : .some
  }

  private static func store(
    _ value: TextSpan, _ place: TextDestination, _ record: inout TextRecord
  ) -> Bool {
    switch place {
    case .number(let target):
      guard let number = LineValue.number(value, base: target.base),
        number.kind.isDisjoint(with: target.refused)
      else { return false }
      record.store(target.bits(of: number), target)
    case .fixed(let offset, let size): return record.store(value, at: offset, room: size)
    case .dynamic(let offset): record.append(value, at: offset)
    case .slot: return false
    }
    return true
  }
}
