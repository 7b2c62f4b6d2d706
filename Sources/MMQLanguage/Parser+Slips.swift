// What other languages write: the hint says how it is written here.

extension Parser {
  /// What an `if`, a `while` or a predicate asks.
  mutating func condition() throws -> Expression {
    let condition = try expression()
    guard let slip = token.slip else { return condition }
    throw fail(.expected("the end of the condition", token, hint: slip))
  }

  /// `for` as in C, or as over a dictionary: it is said, and its block is read. nil where it is neither.
  mutating func otherLoop() throws -> Statement.Kind? {
    guard let (wrong, hint) = slipInLoop() else { return nil }
    diagnostics.append(.expected("':' after the loop's variable", wrong, hint: hint))
    while !at("{"), token.kind != .end { advance() }
    // What it says of the loop's variables would be further messages of the same mistake.
    return .block(Block(statements: [], span: try block().span))
  }

  /// The first word behind `for (` that `for` does not have here.
  private func slipInLoop() -> (Token, hint: String)? {
    guard at("(") else { return nil }
    var ahead = lexer.lookahead
    var open = 1
    var wrong: Token?
    while open > 0 {
      let next = ahead.next()
      switch next.kind {
      case .symbol("("), .symbol("["): open += 1
      case .symbol(")"), .symbol("]"): open -= 1
      case .symbol("{"), .symbol("}"), .end: return nil
      case .symbol(";") where open == 1: return (wrong ?? next, Parser.hintOfCounting)
      case .symbol(":") where open == 1: return wrong.map { ($0, Parser.hintOfKeys) }
      case .symbol(",") where open == 1, .symbol("=") where open == 1: wrong = wrong ?? next
      default: break
      }
    }
    return nil
  }

  private static let hintOfCounting =
    "for ($i : 0..3) { … } counts from 0 to 2; while (…) { … } repeats as long as a condition holds"
  private static let hintOfKeys =
    "for ($kv : @map) { … } runs over a map: $kv.0 is the key, $kv.1 the value"
}

extension Token {
  /// What to write for a word that other languages have between conditions; nil where it is none.
  var slip: String? {
    switch kind {
    case .symbol("="): "'==' compares"
    case .symbol("~"): "'=~' matches a pattern: comm =~ \"kswapd*\""
    case .symbol("!"): "where a pattern does not match: !(comm =~ \"kswapd*\")"
    case .identifier("and"): "it is written &&"
    case .identifier("or"): "it is written ||"
    default: nil
    }
  }
}
