// The checked program: what the checker hands to the compiler. Names are resolved, conversions are
// written out.

internal import MMQLanguage
internal import MMQTrace

/// An expression with its type.
struct Typed {
  indirect enum Kind {
    /// An integer, a bool or a float, by its word.
    case constant(UInt64)
    case string([UInt8])
    case field(Field)
    case context(Context)
    case variable(Int)
    case map(Int, key: Typed?)
    case unary(Unary, Typed)
    case binary(Opcode, Typed, Typed)
    /// `&&` (isAnd) and `||`: the right side runs only if the left does not decide.
    case logical(isAnd: Bool, Typed, Typed)
    case conditional(Typed, Typed, Typed)
    case tuple([Typed])
    case element(Typed, offset: Int)
    /// `++`, `--`: adds to a variable or a map's value; gives the old value or the new one.
    case step(Place, by: Int64, givesNew: Bool)
    case deleteKey(map: Int, key: Typed?)
    case hasKey(map: Int, key: Typed?)
    case call(HostFunction, [Typed])
    /// A block as an expression: its statements run, then the value.
    case sequence([TypedStatement], Typed?)
  }

  /// One operand in, one out: each is one opcode.
  typealias Unary = Opcode

  /// What depends on where the block runs.
  enum Context: String { case time, cpu, comm, tid, probe }

  /// What can be assigned.
  enum Place {
    case variable(Int)
    case map(Int, key: Typed?)
  }

  var kind: Kind
  /// nil where there is no value, as of printf().
  var type: Type?
  var span: Span
  /// The quotient of a division of integers, or what holds one: its fraction is gone.
  var isQuotient: Bool

  init(_ kind: Kind, _ type: Type?, _ span: Span, isQuotient: Bool = false) {
    self.kind = kind
    self.type = type
    self.span = span
    self.isQuotient = isQuotient
  }

  /// Whether a condition holds, where that is known when the script is bound, as of has_field():
  /// the branch that is not taken is then not looked at.
  var boundTruth: Bool? {
    if case .constant(let word) = kind, type == .bool { return word != 0 }
    return nil
  }

  /// Known before the program runs.
  var isConstant: Bool {
    switch kind {
    case .constant, .string: true
    default: false
    }
  }

  /// A part that is written as a constant: names in it are looked up as anywhere.
  func constantPart(_ name: String) -> Typed? {
    guard case .tuple(let items) = kind else { return nil }
    let index: Int? =
      if case .record(let members)? = type { members.firstIndex { $0.name == name } } else {
        Int(name)
      }
    return index.flatMap { items.indices.contains($0) && items[$0].isConstant ? items[$0] : nil }
  }

  /// Registers that the value takes.
  var words: Int { type?.words ?? 0 }
}

struct TypedStatement {
  indirect enum Kind {
    case expression(Typed)
    case set(Typed.Place, Typed)
    case aggregate(Int, key: Typed?, value: Typed?)
    case conditional(Typed, [TypedStatement], [TypedStatement])
    case loop(Typed, [TypedStatement])
    /// Runs with the variable at first, first + 1, … end - 1.
    case range(variable: Int, first: Typed, end: Typed, [TypedStatement])
    /// Runs with the variable at each (key, value) of a snapshot of a map.
    case each(variable: Int, map: Int, [TypedStatement])
    case block([TypedStatement])
    case `break`
    case `continue`
    case `return`
  }

  var kind: Kind
  var span: Span
}

/// The block of a probe, checked against the events that it is bound to.
struct TypedBlock {
  var name: String
  var predicate: Typed?
  var body: [TypedStatement]
  var variables: [Type]
  var span: Span
}

/// A block and what makes it run.
struct BoundBlock {
  enum Trigger {
    case begin
    case end
    /// Every so many nanoseconds of the source's clock.
    case interval(UInt64)
    /// Somebody asks with SIGUSR1.
    case signal
    case events([EventSchema])
  }

  var trigger: Trigger
  /// Index into the program's blocks.
  var block: Int
  /// What `probe` says in a block without an event.
  var name: String
  /// `name = …` before the attach point: `probe` says that.
  var givenName: String?
}

/// A program that fits one source: checked, with the types of all its maps.
public struct CheckedProgram {
  var blocks: [TypedBlock] = []
  /// In order of declaration.
  var bindings: [BoundBlock] = []
  /// All maps, in the order in which the script first names them.
  public internal(set) var maps: [MapShape] = []
  var settings = Settings()
  /// The program needs the names of tasks over time.
  var usesComm = false
  /// Names that getopt() asks for.
  var optionNames: Set<String> = []
  /// The program needs the thread groups of tasks over time.
  var usesPid = false
  /// Some block wants the stacks of its events.
  var usesStacks = false
  /// Some block names addresses of the kernel.
  var usesSymbols = false
  /// The program shows times as nanoseconds, or as dates.
  var usesClock = false
  /// The names of tasks at any time are known before the run: those of a recording.
  var knowsNames = false
  /// The order in which records come between two ticks changes nothing.
  var eventsCommute = false
  /// Its result depends on the order in which records of different CPUs come.
  var needsTimeOrder: Bool { !eventsCommute || hasIntervals }
  var hasIntervals: Bool {
    bindings.contains { if case .interval = $0.trigger { true } else { false } }
  }
  /// Attach points after expansion of wildcards.
  public internal(set) var probeCount = 0
}
