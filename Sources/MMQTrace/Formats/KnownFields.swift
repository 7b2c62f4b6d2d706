// Fields whose lines were met before: those of one kernel's events are mostly alike.

/// The fields of all formats of a recording, each line parsed once.
struct KnownFields {
  /// A line, hashed all at once and not byte by byte.
  private struct Line: Hashable {
    let bytes: ArraySlice<UInt8>
    /// Of the traced kernel: sizes of types depend on it.
    let longSize: Int

    func hash(into hasher: inout Hasher) {
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }

  private var fields: [Line: Field] = [:]

  /// The field that a line declares.
  mutating func field(
    _ line: ArraySlice<UInt8>, longSize: Int
  ) throws(FormatProblem) -> Field {
    let key = Line(bytes: line, longSize: longSize)
    if let field = fields[key] { return field }
    let field = try FieldParser.parse(line, longSize: longSize)
    fields[key] = field
    return field
  }
}
