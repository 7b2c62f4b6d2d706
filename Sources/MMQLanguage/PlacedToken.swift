// A token as the parser took it: what it is in its place.

/// All tokens of a script in order, attach points and members as the one token that they are. What
/// a token means often shows in its spelling; where it does not, the parser says it here.
struct PlacedToken: Sendable, Equatable {
  enum Role: Sendable, Equatable {
    /// What its spelling says.
    case plain
    /// Of an attach point with a name, the name.
    case attachPoint
    /// Behind `name =`.
    case namedAttachPoint
    /// Behind `.` or `->`.
    case member
    /// `-`, `!`, `++`, … before its operand.
    case prefix
    /// `++` and `--` behind their operand; `:` behind a variable with a type.
    case suffix
    /// A binary operator, or `?` and `:`, which have precedence 0.
    case infix(Int)
    case predicateStart
    case predicateEnd
    /// `)` of a cast.
    case castEnd
    /// `{` of a block of statements.
    case block
  }

  var span: Span
  var role: Role
  /// The first token of a declaration, a statement, a setting or a name of an enum.
  var startsItem: Bool
}
