// The text of a script, and places in it.

/// A range of bytes in a script: `start` is its first byte, `end` the one after its last.
public struct Span: Sendable, Hashable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The range from the start of this one to the end of `other`.
  public func through(_ other: Span) -> Span { Span(start, max(end, other.end)) }
}

/// A script's name and text, with its lines.
public struct Source: Sendable {
  /// The path; `stdin` for a program given with `-e`, as bpftrace says.
  public let name: String
  public let text: [UInt8]
  private let lineStarts: [Int]

  public init(name: String, text: [UInt8]) {
    self.name = name
    self.text = text
    lineStarts = [0] + text.indices.filter { text[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  public init(name: String, _ text: String) {
    self.init(name: name, text: Array(text.utf8))
  }

  /// Line and column of a byte, both counted from 1; the column counts bytes.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, offset - lineStarts[low] + 1)
  }

  /// The bytes of a line (counted from 1), without its end.
  public func line(_ number: Int) -> ArraySlice<UInt8> {
    let start = lineStarts[number - 1]
    let end = number < lineStarts.count ? lineStarts[number] - 1 : text.count
    return text[start..<max(start, end)]
  }

  public func text(of span: Span) -> String {
    String(decoding: text[min(span.start, text.count)..<min(span.end, text.count)], as: UTF8.self)
  }
}
