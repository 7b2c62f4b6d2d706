// Every operator of the language: one row each, read by lexer, parser and documentation.

/// A binary operator, by its spelling.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case logicalOr = "||"
  case logicalAnd = "&&"
  case or = "|"
  case exclusiveOr = "^"
  case and = "&"
  case equal = "=="
  case notEqual = "!="
  case matches = "=~"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"

  /// The higher binds the tighter. All binary operators group from the left; `?:` lies below them
  /// all and groups from the right; prefix operators and casts lie above, postfix ones highest.
  public var precedence: Int {
    switch self {
    case .logicalOr: 1
    case .logicalAnd: 2
    case .or: 3
    case .exclusiveOr: 4
    case .and: 5
    case .equal, .notEqual, .matches: 6
    case .less, .lessOrEqual, .greater, .greaterOrEqual: 7
    case .shiftLeft, .shiftRight: 8
    case .add, .subtract: 9
    case .multiply, .divide, .modulo: 10
    }
  }
}

/// A prefix operator, by its spelling. `++` and `--` change their operand and stand apart.
public enum UnaryOperator: String, Sendable, CaseIterable {
  case not = "!"
  case complement = "~"
  case negate = "-"
  case plus = "+"
}

/// An assignment: plain, or with the binary operator that it applies first.
public enum AssignmentOperator: String, Sendable, CaseIterable {
  case assign = "="
  case add = "+="
  case subtract = "-="
  case multiply = "*="
  case divide = "/="
  case modulo = "%="
  case and = "&="
  case or = "|="
  case exclusiveOr = "^="
  case shiftLeft = "<<="
  case shiftRight = ">>="

  /// The operator that it applies first: nil for `=`.
  public var binary: BinaryOperator? { BinaryOperator(rawValue: String(rawValue.dropLast())) }
}
