// The text of events without a usable `print fmt`: their fields, one after another.

extension TextCompiler {
  /// `name=value` for each field. The kernel prints them by code of its own, which no recording
  /// holds.
  mutating func compileFields(_ schema: EventSchema) {
    var isFirst = true
    for field in schema.ownFields where TextCompiler.isUsable(field) {
      program.add(Array("\(isFirst ? "" : " ")\(field.name)=".utf8))
      isFirst = false
      let value = self.field(field.name)
      add(field, value)
    }
    let problem = schema.printFormatProblem ?? "it has none"
    let mark = unknown("the print fmt cannot be used: \(problem); the fields are shown instead")
    // A text of no bytes that carries the reason.
    program.add(EventText.nothing, argument: mark)
  }

  private mutating func add(_ field: Field, _ value: Int) {
    var conversion = PrintfConversion()
    switch field.shape {
    case .integer, .bool:
      return program.pieces.append(
        .plain(base: 10, size: max(field.size, 1), isSigned: field.isSigned, argument: value))
    case .pointer:
      return program.pieces.append(
        .plain(base: 16, size: field.size, isSigned: false, argument: value))
    case .string, .dynamicString:
      conversion.letter = UInt8(ascii: "s")
    default:
      conversion.letter = UInt8(ascii: "p")
      conversion.pointer = Array("h".utf8)
      conversion.width = .fixed(64)
    }
    program.add(conversion, argument: value)
  }
}

extension EventText {
  /// A conversion that prints nothing: `%.0s`.
  static let nothing: PrintfConversion = {
    var conversion = PrintfConversion()
    conversion.letter = UInt8(ascii: "s")
    conversion.precision = .fixed(0)
    return conversion
  }()
}
