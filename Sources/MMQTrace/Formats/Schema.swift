// What the kernel's `format` files say of events: fields, and how their numbers are named.

/// One field of an event, as its `format` line declares it.
public struct Field: Sendable, Hashable {
  /// What its bytes are.
  public enum Shape: Sendable, Hashable {
    /// An integer or enum of 1, 2, 4 or 8 bytes; `bool` is one of 1 byte.
    case integer
    case bool
    /// A C pointer: an unsigned integer that prints in hexadecimal.
    case pointer
    /// `char name[N]`, NUL-terminated unless full. A size of 0 (`char buf[]`) stands for all up to
    /// the end of the record.
    case string
    /// `count` elements of `elementSize` bytes; `count` is nil where the array runs to the end of
    /// the record (`size:0`).
    case array(elementSize: Int, count: Int?, signed: Bool)
    /// `__data_loc char[]` or `__rel_loc char[]`.
    case dynamicString(relative: Bool)
    /// `__data_loc T[]` or `__rel_loc T[]`, bitmasks included.
    case dynamicArray(elementSize: Int, signed: Bool, relative: Bool)
    /// A struct or another size that is no number: readable only by `print fmt`.
    case opaque
  }

  /// Unique in the event.
  public var name: String
  /// The declaration's type part, such as `unsigned long` or `__data_loc char[]`.
  public var typeText: String
  /// Bytes from the start of the record.
  public var offset: Int
  /// Bytes; of a dynamic field, those of its descriptor (4).
  public var size: Int
  /// What the line says behind `signed:`.
  public var isSigned: Bool
  /// From the type's words, the size and the sign.
  public var shape: Shape
  /// True for `common_type` and the other fields that every event starts with.
  public var isCommon: Bool

  public init(
    name: String, typeText: String, offset: Int, size: Int, isSigned: Bool, shape: Shape,
    isCommon: Bool = false
  ) {
    self.name = name
    self.typeText = typeText
    self.offset = offset
    self.size = size
    self.isSigned = isSigned
    self.shape = shape
    self.isCommon = isCommon
  }

  /// Bytes a record must have for this field to be read at all.
  public var end: Int { offset + size }
}

/// One event of one kernel: its `format` file.
public struct EventSchema: Sendable {
  /// `common_type` of its records; differs from boot to boot.
  public var id: Int
  /// The directory under `events/`, such as `kmem`.
  public var system: String
  /// The directory below that, such as `mm_page_alloc`: unique in its system.
  public var name: String
  /// In the order of the `format` file, the common ones first.
  public var fields: [Field]
  /// Which of the sources of a run it belongs to.
  public var source = 0
  /// Fields that the event has and that a recording of text does not tell.
  public var absentFields: [String] = []
  /// What the kernel calls fields that a recording of text has under the names that the kernel prints.
  public var printedNames: [String: String] = [:]

  private var printText: PrintText

  public init(
    id: Int, system: String, name: String, fields: [Field], printFormat: PrintFormat? = nil,
    printFormatProblem: String? = nil, symbols: [String: SymbolTable] = [:]
  ) {
    let content = PrintText.Content(
      format: printFormat, problem: printFormatProblem, symbols: symbols)
    self.init(id: id, system: system, name: name, fields: fields, PrintText(content))
  }

  init(id: Int, system: String, name: String, fields: [Field], _ printText: PrintText) {
    self.id = id
    self.system = system
    self.name = name
    self.fields = fields
    self.printText = printText
  }

  /// `system:name`, as perf and trace-cmd write it.
  public var fullName: String { "\(system):\(name)" }

  /// The first field of this name; nil where there is none.
  public func field(named name: String) -> Field? {
    fields.first { $0.name == name }
      ?? printedNames[name].flatMap { printed in fields.first { $0.name == printed } }
  }

  /// The fields of the event itself, without the common ones.
  public var ownFields: [Field] { fields.filter { !$0.isCommon } }
}

/// What the `print fmt` says: it is parsed when first asked for.
extension EventSchema {
  /// The parsed `print fmt`; nil where it could not be parsed (`printFormatProblem` says why).
  public var printFormat: PrintFormat? { printText.content.format }

  /// Why `printFormat` is nil: in words, with the place in the text.
  public var printFormatProblem: String? { printText.content.problem }

  /// The symbolic table of each field that `print fmt` decodes by name.
  public var symbols: [String: SymbolTable] {
    get { printText.content.symbols }
    set {
      var content = printText.content
      content.symbols = newValue
      printText = PrintText(content)
    }
  }
}
