// Parses the kernel's `format` files: `events/SYSTEM/NAME/format`, or the copy in a recording.

/// `format` text to schema. Layout and traps: kernel/trace/trace_events.c (f_show) and
/// Documentation/trace/events.rst.
public enum FormatParser {
  /// Largest `common_type` (it is 16 bits wide).
  static let largestID = 65535
  /// No record is longer than a sub-buffer; offsets and sizes beyond this are damage.
  static let largestOffset = 1 << 20

  /// The schema that a `format` text declares. A `print fmt` that cannot be parsed is no failure:
  /// the schema says so. `system` is the directory under `events/`; `longSize` is the traced
  /// kernel's, 4 or 8.
  public static func parse(
    _ text: [UInt8], system: String, longSize: Int
  ) -> Result<EventSchema, FormatProblem> {
    do {
      return .success(try schema(text, system, longSize))
    } catch {
      return .failure(error)
    }
  }

  /// The same from a buffer, which is not kept.
  public static func parse(
    _ text: UnsafeRawBufferPointer, system: String, longSize: Int
  ) -> Result<EventSchema, FormatProblem> {
    parse([UInt8](text), system: system, longSize: longSize)
  }

  private static func schema(
    _ text: [UInt8], _ system: String, _ longSize: Int
  ) throws(FormatProblem) -> EventSchema {
    var schema = EventSchema(id: -1, system: system, name: "", fields: [])
    var position = 0
    var isCommon = true
    while position < text.count {
      let line = text[position...].prefix { $0 != 10 }
      if line.starts(with: Keyword.printFormat) {
        let rest = [UInt8](text[(position + Keyword.printFormat.count)...])
        readPrintFormat(rest, longSize, &schema)
        break
      }
      try read(line, longSize, &isCommon, &schema)
      position = line.endIndex + 1
    }
    return try checked(schema)
  }

  private enum Keyword {
    static let name = Array("name:".utf8)
    static let id = Array("ID:".utf8)
    static let field = Array("field:".utf8)
    static let printFormat = Array("print fmt:".utf8)
  }

  private static func read(
    _ line: ArraySlice<UInt8>, _ longSize: Int, _ isCommon: inout Bool, _ schema: inout EventSchema
  ) throws(FormatProblem) {
    let line = line.trimmed
    if line.starts(with: Keyword.name) {
      schema.name = String(decoding: line.dropFirst(Keyword.name.count).trimmed, as: UTF8.self)
    } else if line.starts(with: Keyword.id) {
      guard let id = line.dropFirst(Keyword.id.count).trimmed.decimal(upTo: largestID) else {
        throw FormatProblem("its ID is no number from 0 to \(largestID)")
      }
      schema.id = id
    } else if line.starts(with: Keyword.field) {
      let field = try FieldParser.parse(line.dropFirst(Keyword.field.count), longSize: longSize)
      schema.fields.append(field)
      // All fields before the first blank line are common ones, whose names say so as well.
      if !isCommon || !field.name.hasPrefix("common_") { return }
      schema.fields[schema.fields.count - 1].isCommon = true
    } else if line.isEmpty, !schema.fields.isEmpty {
      isCommon = false
    }
  }

  private static func readPrintFormat(
    _ text: [UInt8], _ longSize: Int, _ schema: inout EventSchema
  ) {
    switch PrintFormat.parse(text, longSize: longSize) {
    case .success(let format):
      schema.printFormat = format
      schema.symbols = SymbolTable.tables(of: format, fields: schema.fields, longSize: longSize)
    case .failure(let problem):
      schema.printFormatProblem = problem.description
    }
  }

  private static func checked(_ schema: EventSchema) throws(FormatProblem) -> EventSchema {
    guard schema.id >= 0 else { throw FormatProblem("it has no ID") }
    guard !schema.name.isEmpty else { throw FormatProblem("it has no name") }
    guard schema.name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      throw FormatProblem("its name holds blanks or control characters")
    }
    return schema
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> {
    let start = firstIndex { $0 > 0x20 } ?? endIndex
    let end = lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? endIndex
    return self[start..<Swift.max(start, end)]
  }

  /// The value of decimal digits and nothing else; nil beyond `limit`.
  func decimal(upTo limit: Int) -> Int? {
    guard !isEmpty else { return nil }
    var value = 0
    for byte in self {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - 0x30)
      if value > limit { return nil }
    }
    return value
  }
}
