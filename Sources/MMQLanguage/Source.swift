// The text of a script, and places in it.

/// A range of bytes in a script: `start` is its first byte, `end` the one after its last.
public struct Span: Sendable, Hashable {
  /// Its first byte, counted from 0 over all files of the source.
  public var start: Int
  /// The byte after its last.
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The range from the start of this one to the end of `other`.
  public func through(_ other: Span) -> Span { Span(start, max(end, other.end)) }
}

/// A script's name and text, with its lines; behind it the files that it imports, so that a place in
/// any of them is one number.
public struct Source: Sendable {
  private struct File: Sendable {
    var name: String
    var range: Range<Int>
    /// Places in the whole text.
    var lineStarts: [Int]
  }

  /// The script's bytes, and behind them those of the files that it imports.
  public private(set) var text: [UInt8] = []
  private var files: [File] = []

  /// The name is the path; `stdin` for a program given with `-e`, as bpftrace says.
  public init(name: String, text: [UInt8]) {
    append(name: name, text)
  }

  public init(name: String, _ text: String) {
    self.init(name: name, text: Array(text.utf8))
  }

  /// Adds a file behind the others; where it lies.
  @discardableResult
  mutating func append(name: String, _ more: [UInt8]) -> Range<Int> {
    // Between files a new line, so that no token reaches from one into the next.
    if !files.isEmpty { text.append(UInt8(ascii: "\n")) }
    let range = text.count..<text.count + more.count
    text += more
    let starts = range.filter { text[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    files.append(File(name: name, range: range, lineStarts: [range.lowerBound] + starts))
    return range
  }

  /// The name of the script itself.
  public var name: String { files[0].name }
  /// Where the script itself lies.
  var mainRange: Range<Int> { files[0].range }

  private func file(at offset: Int) -> File {
    files.last { $0.range.lowerBound <= offset } ?? files[0]
  }

  /// The name of the file that a byte is in.
  public func name(at offset: Int) -> String { file(at: offset).name }

  /// Line and column of a byte in its file, both counted from 1; the column counts bytes.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let starts = file(at: offset).lineStarts
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, offset - starts[low] + 1)
  }

  /// The bytes of the line that a byte is in, without its end.
  public func line(at offset: Int) -> ArraySlice<UInt8> {
    let file = file(at: offset)
    let number = position(of: offset).line
    let start = file.lineStarts[number - 1]
    let end = number < file.lineStarts.count ? file.lineStarts[number] - 1 : file.range.upperBound
    return text[start..<max(start, end)]
  }

  /// How often each variable and map is named, by `$name` or `@name`; comments and strings count too.
  public func namedVariables() -> [String: Int] {
    var counts: [String: Int] = [:]
    var index = 0
    while index < text.count {
      let start = index
      index += 1
      guard text[start] == UInt8(ascii: "$") || text[start] == UInt8(ascii: "@") else { continue }
      while index < text.count, text[index].continuesName { index += 1 }
      counts[text(of: Span(start, index)), default: 0] += 1
    }
    return counts
  }

  /// A word of the command line is read somewhere, `$1` or `$#`: in comments and strings nothing is read.
  public var readsWords: Bool {
    files.contains { file in
      var lexer = Lexer(self, file.range)
      while true {
        switch lexer.next().kind {
        case .positional, .positionalCount: return true
        case .end: return false
        default: continue
        }
      }
    }
  }

  /// The bytes of a place; what is no UTF-8 becomes U+FFFD.
  public func text(of span: Span) -> String {
    String(decoding: text[min(span.start, text.count)..<min(span.end, text.count)], as: UTF8.self)
  }
}
