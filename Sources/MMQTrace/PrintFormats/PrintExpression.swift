// The expressions that a `print fmt` gives to its format string, as a tree.

/// A C expression of a `print fmt`. Constant parts are folded; nothing of the source is lost but
/// blanks and parentheses.
public indirect enum PrintExpression: Sendable, Hashable {
  /// C's operators before an expression, by their spelling.
  public enum Unary: String, Sendable, Hashable, CaseIterable {
    case plus = "+"
    case minus = "-"
    case complement = "~"
    case not = "!"
    case addressOf = "&"
    case dereference = "*"
  }

  /// C's operators between two expressions, by their spelling.
  public enum Binary: String, Sendable, Hashable, CaseIterable {
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case add = "+"
    case subtract = "-"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case bitAnd = "&"
    case bitXor = "^"
    case bitOr = "|"
    case and = "&&"
    case or = "||"
  }

  /// What a helper takes from a dynamic field. `rel` forms read a `__rel_loc` field.
  public enum Dynamic: String, Sendable, Hashable, CaseIterable {
    case string = "__get_str"
    case relString = "__get_rel_str"
    case array = "__get_dynamic_array"
    case relArray = "__get_rel_dynamic_array"
    case arrayLength = "__get_dynamic_array_len"
    case relArrayLength = "__get_rel_dynamic_array_len"
    case bitmask = "__get_bitmask"
    case relBitmask = "__get_rel_bitmask"
    case cpumask = "__get_cpumask"
    case relCpumask = "__get_rel_cpumask"
    case sockaddr = "__get_sockaddr"
    case relSockaddr = "__get_rel_sockaddr"
  }

  /// Helpers that make text of bytes or numbers; their arguments stand as written.
  public enum Helper: String, Sendable, Hashable, CaseIterable {
    case hex = "__print_hex"
    case hexString = "__print_hex_str"
    case hexDump = "__print_hex_dump"
    case array = "__print_array"
    case dynamicArray = "__print_dynamic_array"
    case nsToSecs = "__print_ns_to_secs"
    case nsWithoutSecs = "__print_ns_without_secs"
  }

  /// One `{value, "name"}` of a table. Its value may be no number: `1 << UNEXPORTED_NAME`.
  public struct Symbol: Sendable, Hashable {
    /// What the name stands for.
    public var value: PrintExpression
    /// What prints.
    public var name: String

    public init(value: PrintExpression, name: String) {
      self.value = value
      self.name = name
    }
  }

  /// `int x = (REC->a);` in a statement expression.
  public struct Binding: Sendable, Hashable {
    /// C's type of the variable, which its value is converted to.
    public var type: CType
    /// What later expressions call it.
    public var name: String
    /// What it is set to.
    public var value: PrintExpression
  }

  case integer(CInteger)
  case string(String)
  /// `REC->name`.
  case field(String)
  /// `REC` by itself: the address of the record.
  case record
  /// A kernel variable such as `vmemmap_base`, a macro that the kernel didn't expand, or a name
  /// that an enclosing `.block` binds.
  case identifier(String)
  case unary(Unary, PrintExpression)
  case binary(Binary, PrintExpression, PrintExpression)
  case conditional(PrintExpression, then: PrintExpression, else: PrintExpression)
  case cast(CType, PrintExpression)
  /// `sizeof` of a type whose size isn't known.
  case sizeOf(CType)
  case index(PrintExpression, PrintExpression)
  /// `base.name`, or `base->name` where `isArrow`.
  case member(PrintExpression, String, isArrow: Bool)
  case dynamic(Dynamic, field: String)
  case helper(Helper, [PrintExpression])
  /// `__print_flags(…)`; `is64` for its `_u64` form.
  case flags(PrintExpression, delimiter: String, [Symbol], is64: Bool)
  /// `__print_symbolic(…)`; `is64` for its `_u64` form.
  case symbolic(PrintExpression, [Symbol], is64: Bool)
  /// Any other call: a function of the kernel that only it can run.
  case call(String, [PrintExpression])
  /// `{ a, b }` outside of a table.
  case list([PrintExpression])
  /// `({ int x = …; result; })`.
  case block([Binding], PrintExpression)
  /// C that is more than an expression, as written: assignments, loops, compound literals.
  case verbatim(String)
}
