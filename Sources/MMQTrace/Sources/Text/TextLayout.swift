// Records of text: what all have in common, and where the fields of an event lie.

/// What is known of all lines of a text.
struct TextCommon {
  /// `common_type` and the rest: scripts ask for cpu, comm and pid, and get what the line says.
  let fields: [Field]
  /// Where an event's own fields begin.
  static let size = 40

  private enum Offset {
    static let flags = 2
    static let preemptCount = 3
    static let thread = 4
    static let group = 8
    static let cpu = 12
    static let comm = 16
    static let text = 32
  }

  /// Bytes of a task's name, with its NUL.
  private static let commSize = 16

  init(_ columns: TextLine.Columns) {
    var fields = [
      TextCommon.field("common_type", "unsigned short", 0, 2, .integer),
      TextCommon.field("common_pid", "int", Offset.thread, 4, .integer, isSigned: true),
      TextCommon.field(
        Field.commonText, "__data_loc char[]", Offset.text, 4, .dynamicString(relative: false)),
    ]
    if columns.contains(.flags) {
      fields += [
        TextCommon.field("common_flags", "unsigned char", Offset.flags, 1, .integer),
        TextCommon.field("common_preempt_count", "unsigned char", Offset.preemptCount, 1, .integer),
      ]
    }
    if columns.contains(.group) {
      fields.append(
        TextCommon.field(Field.commonGroup, "int", Offset.group, 4, .integer, isSigned: true))
    }
    if columns.contains(.cpu) {
      fields.append(TextCommon.field(Field.commonCPU, "unsigned int", Offset.cpu, 4, .integer))
    }
    if columns.contains(.comm) {
      fields.append(
        TextCommon.field(Field.commonComm, "char[16]", Offset.comm, TextCommon.commSize, .string))
    }
    self.fields = fields
  }

  private static func field(
    _ name: String, _ type: String, _ offset: Int, _ size: Int, _ shape: Field.Shape,
    isSigned: Bool = false
  ) -> Field {
    Field(
      name: name, typeText: type, offset: offset, size: size, isSigned: isSigned, shape: shape,
      isCommon: true)
  }

  /// Begins the record of a line.
  @inline(__always)
  static func begin(_ record: inout TextRecord, _ line: TextLine, type: Int, size: Int) {
    record.begin(size)
    record.store(UInt16(truncatingIfNeeded: type), at: 0)
    record.store(line.flags, at: Offset.flags)
    record.store(line.preemptCount, at: Offset.preemptCount)
    record.store(line.thread, at: Offset.thread)
    // A group that the line does not know is taken for the thread, as elsewhere.
    record.store(line.group < 0 ? line.thread : line.group, at: Offset.group)
    record.store(line.cpu, at: Offset.cpu)
    if line.thread == 0 {
      storeIdle(record, line.cpu)
    } else {
      let comm =
        line.comm.count < commSize
        ? line.comm : TextSpan(start: line.comm.start, end: line.comm.start + commSize - 1)
      _ = record.store(comm, at: Offset.comm, room: commSize)
    }
  }

  /// Thread 0 is one on each CPU, whatever the text calls it.
  private static func storeIdle(_ record: borrowing TextRecord, _ cpu: UInt32) {
    var name = "swapper/\(cpu)"
    name.withUTF8 { bytes in
      guard let start = bytes.baseAddress else { return }
      _ = record.store(
        TextSpan(start: start, end: start + bytes.count), at: Offset.comm, room: commSize)
    }
  }

  /// The event's text, behind everything else.
  @inline(__always)
  static func end(_ record: inout TextRecord, _ line: TextLine) {
    record.append(line.body, at: Offset.text)
  }
}

extension Field {
  /// Common fields of records that were text. What a line says itself is asked of it, not of the stream.
  public static let commonCPU = "common_cpu"
  /// The name of the task.
  public static let commonComm = "common_comm"
  /// The process.
  public static let commonGroup = "common_tgid"
  /// The event's name and its text as they stand in the line.
  public static let commonText = "common_text"
}

/// Lays out the fields of one event.
struct TextFieldLayout {
  private(set) var fields: [Field] = []
  private(set) var size = TextCommon.size

  /// The field at its place.
  mutating func add(_ field: Field, size: Int, alignment: Int) {
    let start = (self.size + alignment - 1) / alignment * alignment
    var field = field
    (field.offset, field.size) = (start, size)
    self.size = start + size
    fields.append(field)
  }

  /// A field of the kernel's as it is there; strings of any length behind the fields.
  mutating func add(_ field: Field) {
    var field = field
    switch field.shape {
    case .array(let element, _, _): add(field, size: field.size, alignment: element)
    case .string where field.size > 0: add(field, size: field.size, alignment: 1)
    case .string, .dynamicString:
      field.shape = .dynamicString(relative: false)
      add(field, size: 4, alignment: 4)
    default: add(field, size: field.size, alignment: field.size)
    }
  }

  /// A string in place of the field.
  mutating func addString(_ name: String) {
    add(
      Field(
        name: name, typeText: "char[]", offset: 0, size: 4, isSigned: false,
        shape: .dynamicString(relative: false)),
      size: 4, alignment: 4)
  }

  mutating func addNumber(_ name: String, isSigned: Bool) {
    add(
      Field(
        name: name, typeText: isSigned ? "s64" : "u64", offset: 0, size: 8, isSigned: isSigned,
        shape: .integer),
      size: 8, alignment: 8)
  }

  mutating func addPointer(_ name: String) {
    add(
      Field(
        name: name, typeText: "void *", offset: 0, size: 8, isSigned: false, shape: .pointer),
      size: 8, alignment: 8)
  }

  func offset(of name: String) -> Int? { fields.first { $0.name == name }?.offset }
}
