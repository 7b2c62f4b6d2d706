// The words of the language.

/// The only list of keywords. After `.` or `->` each of them is an ordinary member name.
public enum Keyword: String, Sendable, CaseIterable {
  case `break`, config, `continue`, `else`, `for`, `if`, `import`, `let`, macro, `return`, unroll
  case `while`
  case `enum`, sizeof, typeof
  case `false`, `true`
}

/// A word of a script, and where it stands.
public struct Token: Sendable, Equatable {
  /// What word it is, with its value.
  public enum Kind: Sendable, Equatable {
    case identifier(String)
    case keyword(Keyword)
    /// The value fits 64 bits; durations are nanoseconds.
    case integer(UInt64)
    case float(Double)
    case string([UInt8])
    /// `@name`; the name of `@` is empty.
    case map(String)
    /// `$name`
    case variable(String)
    /// `$1`
    case positional(Int)
    /// `$#`
    case positionalCount
    /// Operators and punctuation, by spelling.
    case symbol(String)
    case end
  }

  /// What word it is, with its value.
  public var kind: Kind
  public var span: Span
}

extension Token {
  /// Operators and punctuation, the longest first, so that the first match is the right one.
  static let symbols: [[UInt8]] = {
    let operators =
      BinaryOperator.allCases.map(\.rawValue) + UnaryOperator.allCases.map(\.rawValue)
      + AssignmentOperator.allCases.map(\.rawValue)
    let others = ["++", "--", "->", "..", ".", ",", ";", ":", "?", "(", ")", "[", "]", "{", "}"]
    return Set(operators + others).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
      .map { Array($0.utf8) }
  }()

  /// How a message names this token.
  var description: String {
    switch kind {
    case .identifier(let name): "'\(name)'"
    case .keyword(let word): "'\(word.rawValue)'"
    case .integer(let value): "'\(value)'"
    case .float(let value): "'\(value)'"
    case .string: "a string"
    case .map(let name): "'@\(name)'"
    case .variable(let name): "'$\(name)'"
    case .positional(let number): "'$\(number)'"
    case .positionalCount: "'$#'"
    case .symbol(let text): "'\(text)'"
    case .end: "the end of the program"
    }
  }
}
