// Events that a program defines for itself: from fields to a `format` text, which everything else reads.

/// Builds and checks schemas of a `HostSource`.
enum HostFormat {
  /// Bytes of the fields that every record starts with: `push` writes them.
  static let headerSize = 8
  /// Bytes of a whole record: sub-buffers have room for one.
  static let largestRecord = 0xff00

  private static let header =
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
    + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
    + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

  /// The text that the kernel would have for such an event.
  static func text(_ name: String, _ fields: [HostField]) throws(TraceError) -> String {
    var lines = ""
    var next = headerSize
    var seen: Set<String> = []
    for field in fields {
      try check(field, isNew: seen.insert(field.name).inserted)
      let alignment = field.kind.alignment
      let offset =
        field.offset.map { $0 + headerSize } ?? (next + alignment - 1) / alignment * alignment
      next = offset + field.kind.size
      guard next <= largestRecord else {
        throw TraceError("its field \(field.name) lies too far out")
      }
      lines +=
        "\tfield:\(field.kind.declaration(of: field.name));\toffset:\(offset);"
        + "\tsize:\(field.kind.size);\tsigned:\(field.kind.isSigned ? 1 : 0);\n"
    }
    return "name: \(name)\nID: 1\nformat:\n" + header + lines + "\n" + printFormat(fields)
  }

  private static func check(_ field: HostField, isNew: Bool) throws(TraceError) {
    guard isWord(field.name), !field.name.hasPrefix("common_") else {
      throw TraceError("'\(field.name)' cannot be the name of a field")
    }
    if !isNew { throw TraceError("it has two fields \(field.name)") }
    if case .text(let size) = field.kind, !(1...4096).contains(size) {
      throw TraceError("its field \(field.name) has \(size) bytes; 1 to 4096 are possible")
    }
    if let offset = field.offset, !(0...largestRecord).contains(offset) {
      throw TraceError("its field \(field.name) has no sound offset")
    }
    if !field.names.isEmpty, !field.kind.isInteger {
      throw TraceError("its field \(field.name) is no integer, but has names of values")
    }
    if field.names.values.contains(where: { $0.contains(where: "\"\\\n".contains) }) {
      throw TraceError("its field \(field.name) has a name of a value with a quote or backslash")
    }
  }

  private static func printFormat(_ fields: [HostField]) -> String {
    let printed = fields.map { field in
      let (conversion, argument) = field.kind.printed(field.name)
      guard !field.names.isEmpty else { return (field.name + "=" + conversion, argument) }
      let names = field.names.sorted { $0.key < $1.key }.map { "{ \($0.key), \"\($0.value)\" }" }
      return (
        field.name + "=%s",
        "__print_symbolic(\(argument), \(names.joined(separator: ", ")))"
      )
    }
    return "print fmt: \"" + printed.map(\.0).joined(separator: " ") + "\""
      + printed.map { ", " + $0.1 }.joined() + "\n"
  }

  /// A schema of a `format` text, which may lack its ID. Its common fields are those that `push` writes.
  static func schema(
    _ text: [UInt8], system: String, id: Int, longSize: Int
  ) throws(TraceError) -> EventSchema {
    guard isWord(system) else { throw TraceError("'\(system)' cannot be the name of a system") }
    let hasID = text.split(separator: UInt8(ascii: "\n")).contains {
      $0.starts(with: Array("ID:".utf8))
    }
    var schema: EventSchema
    switch FormatParser.parse(
      hasID ? text : Array("ID: 1\n".utf8) + text, system: system, longSize: longSize)
    {
    case .success(let parsed): schema = parsed
    case .failure(let problem): throw TraceError(problem.description)
    }
    guard isWord(schema.name) else {
      throw TraceError("'\(schema.name)' cannot be the name of an event")
    }
    let type = schema.field(named: "common_type")
    let thread = schema.field(named: "common_pid")
    guard type?.offset == 0, type?.size == 2, thread?.offset == 4, thread?.size == 4,
      schema.ownFields.allSatisfy({ $0.offset >= headerSize })
    else {
      throw TraceError(
        "its common fields are not the kernel's: common_type in bytes 0-1, common_pid in 4-7")
    }
    schema.id = id
    return schema
  }

  static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
          || (0x61...0x7a).contains($0)
      }
  }
}
