// A token with all that the printer knows of it before it prints.

struct PrinterPiece {
  let text: ArraySlice<UInt8>
  let spelling: String
  let role: PlacedToken.Role
  let startsItem: Bool
  /// Comments before it whose lines end before it.
  let settled: ArraySlice<Trivia.Comment>
  /// Comments between those and the token, on its line.
  let leading: ArraySlice<Trivia.Comment>
  /// The line ends before the token and its leading comments.
  let newlines: Int
  /// The script has it on the line of the token before it.
  let isOnLine: Bool
  /// A blank separates it, or the comments that lead it, from the token before it on its line.
  var hasBlank = false

  // MARK: What PrinterStructure finds

  /// Of what opens: the token that closes it.
  var partner = 0
  /// Of a brace: how many statements, settings or names it holds.
  var itemCount = 0
  /// Of the first token of an item: the one behind its last.
  var itemEnd = 0
  var lineBreak: LineBreak?

  /// Where a line may end before this token.
  enum LineBreak {
    /// If what follows, up to the token `end`, does not fit, and the next line starts further left.
    case element(end: Int)
    /// Before an attach point or a predicate: there is a line for each, or one for all.
    case header
  }

  init(_ token: PlacedToken, after previous: Int, in source: Source) {
    let trivia = Trivia(source.text, Span(previous, token.span.start))
    let isEnd = token.span.start == source.text.count
    let count = isEnd ? trivia.comments.count : trivia.settledCount
    text = source.text[token.span.start..<token.span.end]
    spelling = source.text(of: token.span)
    role = token.role
    startsItem = token.startsItem
    settled = trivia.comments[..<count]
    leading = trivia.comments[count...]
    newlines = leading.first?.newlines ?? trivia.newlines
    isOnLine = trivia.isOneLine
  }
}

extension PrinterPiece {
  /// Its spelling says what it is: an attach point may look like any operator.
  var isPlain: Bool { role == .plain || role == .block }

  func isPlain(_ spellings: String...) -> Bool { isPlain && spellings.contains(spelling) }

  var opensBrace: Bool { isPlain("{") }
  var opensBracket: Bool { role == .predicateStart || isPlain("(", "[") }
  var closesBrace: Bool { isPlain("}") }
  var closes: Bool { role == .predicateEnd || role == .castEnd || isPlain(")", "]", "}") }
  var isString: Bool { isPlain && text.first == UInt8(ascii: "\"") }
  /// Columns of its first line.
  var width: Int { text.prefix { $0 != UInt8(ascii: "\n") }.count(where: \.startsCharacter) }
  /// A string with line ends.
  var endsInOtherLine: Bool { text.contains(UInt8(ascii: "\n")) }
  private var isNumber: Bool { isPlain && text.first?.isDigit == true }

  /// A name that parentheses with arguments may follow.
  private var isCallable: Bool {
    guard isPlain, text.first?.startsName == true else { return false }
    return Keyword(rawValue: spelling) == nil || spelling == "sizeof" || spelling == "typeof"
  }

  /// Where its item takes several lines, it does not go to the right when it starts one.
  var keepsIndent: Bool {
    role == .attachPoint || role == .predicateStart || isPlain("{", "else")
  }

  private var isAttachPoint: Bool { role == .attachPoint || role == .namedAttachPoint }

  /// A blank separates it from a comment that leads it.
  var hasBlankBehindComment: Bool { !isPlain(",", ";", ")", "]") }

  /// Whether a blank stands behind `left` on a line with this token.
  func hasBlank(behind left: PrinterPiece) -> Bool {
    leading.isEmpty ? isApart(from: left) : !left.isPlain("(", "[")
  }

  private func isApart(from left: PrinterPiece) -> Bool {
    switch left.role {
    // `- -x` is not `--x`.
    case .prefix: return ["--", "++"].contains("\(left.spelling.suffix(1))\(spelling.prefix(1))")
    case .predicateStart, .castEnd: return false
    case _ where left.isPlain("(", "[", ".", "->", ".."): return false
    default: break
    }
    switch role {
    case .suffix, .predicateEnd, .castEnd, .member: return false
    case .infix: return !(isElse && left.role == role && left.spelling == "?")
    case _ where !isPlain: return true
    default: break
    }
    switch spelling {
    case ",", ";", ")", "]", "[", "->", "..": return false
    // `5 .0` is a member, `5.0` is a number.
    case ".": return left.isNumber
    case "(": return !left.isCallable && !left.isAttachPoint
    case "}": return !left.opensBrace
    default: return true
    }
  }

  /// `:` of a conditional.
  var isElse: Bool { role == .infix(0) && spelling == ":" }
}

extension UInt8 {
  /// In UTF-8. How wide a character is on a screen is not known.
  var startsCharacter: Bool { self & 0xc0 != 0x80 }
}
