// What stands between two tokens: comments and line ends.

struct Trivia {
  struct Comment {
    var span: Span
    /// The line ends between it and what stands before it.
    var newlines: Int
    var isOneLine: Bool
  }

  var comments: [Comment] = []
  /// The line ends behind the last comment.
  var newlines = 0
  /// No line ends here, not even within a comment.
  let isOneLine: Bool

  /// Of a gap between tokens: it holds white space and comments only.
  init(_ text: [UInt8], _ gap: Span) {
    isOneLine = Trivia.isOneLine(text, gap)
    var position = gap.start
    while position < gap.end {
      let byte = text[position]
      if byte.isSpace {
        newlines += byte == UInt8(ascii: "\n") ? 1 : 0
        position += 1
      } else {
        let end = Trivia.endOfComment(text, position, gap.end)
        let span = Span(position, end)
        comments.append(
          Comment(span: span, newlines: newlines, isOneLine: Trivia.isOneLine(text, span)))
        (position, newlines) = (end, 0)
      }
    }
  }

  private static func isOneLine(_ text: [UInt8], _ span: Span) -> Bool {
    !text[span.start..<span.end].contains(UInt8(ascii: "\n"))
  }

  private static func endOfComment(_ text: [UInt8], _ start: Int, _ end: Int) -> Int {
    guard text[start] == UInt8(ascii: "/"), text[start + 1] == UInt8(ascii: "*") else {
      return text[start..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
    }
    var position = start + 2
    while text[position] != UInt8(ascii: "*") || text[position + 1] != UInt8(ascii: "/") {
      position += 1
    }
    return position + 2
  }

  /// How many comments there are up to the last one that ends its line, or has several. The others
  /// belong to the token that follows.
  var settledCount: Int {
    if newlines > 0 { return comments.count }
    return max(
      comments.lastIndex { $0.newlines > 0 } ?? 0,
      comments.lastIndex { !$0.isOneLine }.map { $0 + 1 } ?? 0)
  }
}

extension Trivia.Comment {
  /// Columns of a comment of one line.
  func width(in source: Source) -> Int {
    source.text[span.start..<span.end].count(where: \.startsCharacter)
  }

  /// Its text, without blanks at the ends of lines. Behind the first one, `*` at the start of every line
  /// is put below the first `*`; other lines stay as they are.
  func text(in source: Source, at column: Int) -> [UInt8] {
    var lines = source.text[span.start..<span.end]
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in line.lastIndex { !$0.isSpace }.map { Array(line[...$0]) } ?? [] }
    let rest = lines.dropFirst().map { $0.drop { $0.isSpace } }
    if rest.allSatisfy({ $0.first == UInt8(ascii: "*") }) {
      let indent = [UInt8](repeating: UInt8(ascii: " "), count: column + 1)
      lines.replaceSubrange(1..., with: rest.map { indent + $0 })
    }
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}
