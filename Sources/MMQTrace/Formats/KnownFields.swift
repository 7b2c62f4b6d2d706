// Fields whose lines were met before: those of one kernel's events are mostly alike.

internal import Glibc

/// The fields of all formats of a recording, each line parsed once.
struct KnownFields {
  /// A line, hashed all at once and not byte by byte.
  private struct Line: Hashable {
    let bytes: ArraySlice<UInt8>
    /// Of the traced kernel: sizes of types depend on it.
    let longSize: Int

    static func == (a: Line, b: Line) -> Bool {
      guard a.longSize == b.longSize, a.bytes.count == b.bytes.count else { return false }
      return a.bytes.withUnsafeBytes { a in
        b.bytes.withUnsafeBytes {
          a.isEmpty || memcmp(a.baseAddress!, $0.baseAddress!, a.count) == 0
        }
      }
    }

    func hash(into hasher: inout Hasher) {
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }

  private var fields: [Line: Field] = [:]
  /// Those of the last format, by their places in it: most lines are the same in the next one.
  private var latest: [(line: Line, field: Field)] = []

  /// The field that a line declares, at its place among those of its format.
  mutating func field(
    _ line: ArraySlice<UInt8>, at place: Int, longSize: Int
  ) throws(FormatProblem) -> Field {
    let line = Line(bytes: line, longSize: longSize)
    if place < latest.count, latest[place].line == line { return latest[place].field }
    let field = try knownField(line)
    if place < latest.count {
      latest[place] = (line, field)
    } else if place == latest.count {
      latest.append((line, field))
    }
    return field
  }

  private mutating func knownField(_ line: Line) throws(FormatProblem) -> Field {
    if let field = fields[line] { return field }
    let field = try FieldParser.parse(line.bytes, longSize: line.longSize)
    fields[line] = field
    return field
  }
}
