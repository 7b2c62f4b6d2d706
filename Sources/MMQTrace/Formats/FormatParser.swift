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
    var known = KnownFields()
    return parse(text[...], system: system, longSize: longSize, &known)
  }

  /// The same from a buffer, which is not kept.
  public static func parse(
    _ text: UnsafeRawBufferPointer, system: String, longSize: Int
  ) -> Result<EventSchema, FormatProblem> {
    parse([UInt8](text), system: system, longSize: longSize)
  }

  /// One of several formats, whose fields are mostly alike.
  static func parse(
    _ text: ArraySlice<UInt8>, system: String, longSize: Int, _ known: inout KnownFields
  ) -> Result<EventSchema, FormatProblem> {
    do throws(FormatProblem) {
      return .success(try schema(text, system, longSize, &known))
    } catch {
      return .failure(error)
    }
  }

  private static func schema(
    _ text: ArraySlice<UInt8>, _ system: String, _ longSize: Int, _ known: inout KnownFields
  ) throws(FormatProblem) -> EventSchema {
    var head = Head()
    var print = PrintText(PrintText.Content())
    var position = text.startIndex
    while position < text.endIndex {
      let line = text[position...].prefix { $0 != 10 }
      if line.starts(with: Keyword.printFormat) {
        let rest = text[(position + Keyword.printFormat.count)...]
        print = PrintText(rest, fields: head.fields, longSize: longSize)
        break
      }
      try head.read(line, longSize, &known)
      position = line.endIndex + 1
    }
    return try head.schema(system, print)
  }

  private enum Keyword {
    static let name = Array("name:".utf8)
    static let id = Array("ID:".utf8)
    static let field = Array("field:".utf8)
    static let printFormat = Array("print fmt:".utf8)
  }

  /// What stands before the `print fmt`.
  private struct Head {
    var id = -1
    var name = ""
    var fields: [Field] = []
    private var isCommon = true

    mutating func read(
      _ line: ArraySlice<UInt8>, _ longSize: Int, _ known: inout KnownFields
    ) throws(FormatProblem) {
      let line = line.trimmed
      if line.starts(with: Keyword.field) {
        var field = try known.field(
          line.dropFirst(Keyword.field.count), at: fields.count, longSize: longSize)
        // All fields before the first blank line are common ones, whose names say so as well.
        field.isCommon = isCommon && field.name.hasPrefix("common_")
        fields.append(field)
      } else if line.starts(with: Keyword.name) {
        name = String(decoding: line.dropFirst(Keyword.name.count).trimmed, as: UTF8.self)
      } else if line.starts(with: Keyword.id) {
        guard let id = line.dropFirst(Keyword.id.count).trimmed.decimal(upTo: largestID) else {
          throw FormatProblem("its ID is no number from 0 to \(largestID)")
        }
        self.id = id
      } else if line.isEmpty, !fields.isEmpty {
        isCommon = false
      }
    }

    func schema(_ system: String, _ print: PrintText) throws(FormatProblem) -> EventSchema {
      guard id >= 0 else { throw FormatProblem("it has no ID") }
      guard !name.isEmpty else { throw FormatProblem("it has no name") }
      guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
        throw FormatProblem("its name holds blanks or control characters")
      }
      return EventSchema(id: id, system: system, name: name, fields: fields, print)
    }
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
