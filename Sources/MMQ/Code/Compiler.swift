// From the checked program to bytecode: blocks and statements.

internal import MMQLanguage
internal import MMQTrace

/// Compiles all blocks of a program.
struct Compiler {
  var emitter = Emitter()
  let strings: StringPool
  let byteOrder: ByteOrder
  let threadField: Field
  private let reusesValues: Bool
  var shapes: [MapShape] = []

  // The block at hand.
  var variables: [Int] = []
  var known = KnownValues()
  var minimumEventSize = 0
  /// Jumps to the end of the loop, and its start.
  var loops: [(start: Int, breaks: [Int], continues: [Int])] = []
  var returns: [Int] = []

  /// The code, or what stands against it. Strings of the program are interned in `strings`, which
  /// the run then uses. `reusesValues`: what a block asks for again is not read again.
  static func compile(
    _ program: CheckedProgram, _ target: Target, _ strings: StringPool, reusesValues: Bool = true
  ) -> Result<Code, CompilerProblem> {
    var compiler = Compiler(target, strings, reusesValues: reusesValues)
    compiler.shapes = program.maps
    compiler.emitter.maps(program.maps)
    for block in program.blocks { compiler.block(block) }
    if compiler.emitter.isTooLarge {
      return .failure(CompilerProblem(message: "the program is too large"))
    }
    let code = compiler.emitter.code
    if let problem = code.verify() {
      return .failure(
        CompilerProblem(message: "internal error: the code does not verify: \(problem)"))
    }
    return .success(code)
  }

  private init(_ target: Target, _ strings: StringPool, reusesValues: Bool) {
    self.strings = strings
    byteOrder = target.machine.byteOrder
    threadField = target.threadField
    self.reusesValues = reusesValues
  }

  private mutating func block(_ block: TypedBlock) {
    let entry = emitter.position
    let mark = emitter.mark
    variables = block.variables.map { emitter.allocate($0.words) }
    known =
      reusesValues
      ? KnownValues(block, threadField: threadField) { emitter.allocate($0) } : KnownValues()
    minimumEventSize = 0
    loops = []
    returns = []
    if let predicate = block.predicate {
      returns += [jump(unless: predicate)].flatMap { $0 }
    }
    statements(block.body)
    for jump in returns { emitter.land(jump) }
    emitter.emit(.end, at: block.span)
    emitter.release(to: mark)
    emitter.finish(
      Code.Block(
        name: block.name, entry: entry, end: emitter.position, minimumEventSize: minimumEventSize))
  }

  // MARK: Statements

  mutating func statements(_ statements: [TypedStatement]) {
    for statement in statements {
      let mark = emitter.mark
      self.statement(statement)
      emitter.release(to: mark)
    }
  }

  private mutating func statement(_ statement: TypedStatement) {
    let span = statement.span
    switch statement.kind {
    case .expression(let expression): _ = value(expression)
    case .set(let place, let expression): set(place, expression, span)
    case .aggregate(let map, let key, let argument): aggregate(map, key, argument, span)
    case .conditional(let test, let then, let otherwise): conditional(test, then, otherwise, span)
    case .loop(let test, let body): loop(test, body, span)
    case .range(let variable, let first, let end, let body):
      range(variables[variable], first, end, body, span)
    case .each(let variable, let map, let body): each(variables[variable], map, body, span)
    case .block(let body): statements(body)
    case .break: loops[loops.count - 1].breaks.append(emitter.jump(.jump, at: span))
    case .continue: loops[loops.count - 1].continues.append(emitter.jump(.jump, at: span))
    case .return: returns.append(emitter.jump(.jump, at: span))
    }
  }

  private mutating func set(_ place: Typed.Place, _ expression: Typed, _ span: Span) {
    switch place {
    case .variable(let index):
      // What still reads the variable must not be overwritten on the way: `$t = ($t.1, $t.0)`.
      let isDirect = !expression.isBuiltStepByStep
      let register = value(expression, into: isDirect ? variables[index] : nil)
      if !isDirect { move(register, to: variables[index], expression.words, span) }
    case .map(let map, let key):
      let register = value(expression, before: key)
      emitter.emit(.mapStore, register, map, self.key(key), at: span)
      known.forget(map)
    }
  }

  private mutating func aggregate(_ map: Int, _ key: Typed?, _ argument: Typed?, _ span: Span) {
    let register = argument.map { value($0, before: key) } ?? 0
    let keyRegister = self.key(key)
    guard case .aggregation(let kind, let parameters) = shapes[map].content else { return }
    emitter.emit(kind.instruction(parameters), register, map, keyRegister, at: span)
    known.forget(map)
  }

  private mutating func conditional(
    _ test: Typed, _ then: [TypedStatement], _ otherwise: [TypedStatement], _ span: Span
  ) {
    let before = known
    let skips = jump(unless: test)
    statements(then)
    let afterThen = known
    known.goBack(to: before)
    if otherwise.isEmpty {
      for jump in skips { emitter.land(jump) }
    } else {
      let end = emitter.jump(.jump, at: span)
      for jump in skips { emitter.land(jump) }
      statements(otherwise)
      emitter.land(end)
    }
    known.meet(afterThen)
  }

  private mutating func loop(_ test: Typed, _ body: [TypedStatement], _ span: Span) {
    let turns = counter(span)
    let start = startOfLoop()
    let before = known
    let exits = jump(unless: test)
    emitter.emit(.turn, turns, at: span)
    loop(from: start, exits: exits, body, span) { _ in }
    known.goBack(to: before)
  }

  /// What maps hold may be another at each turn.
  private mutating func startOfLoop() -> Int {
    known.forgetMaps()
    return emitter.position
  }

  /// A register that counts the turns of a loop, from 0.
  private mutating func counter(_ span: Span) -> Int {
    let turns = emitter.allocate(1)
    emitter.emit(.move, turns, emitter.constant(0), at: span)
    return turns
  }

  /// The body of a loop, what `continue` goes on with, the jump back, and the ways out.
  private mutating func loop(
    from start: Int, exits: [Int], _ body: [TypedStatement], _ span: Span,
    step: (inout Compiler) -> Void
  ) {
    loops.append((start, [], []))
    let before = known
    statements(body)
    known.goBack(to: before)
    let loop = loops.removeLast()
    for jump in loop.continues { emitter.land(jump) }
    step(&self)
    emitter.loop(to: start, at: span)
    for jump in exits + loop.breaks { emitter.land(jump) }
  }

  /// The bounds are computed once; the body may change its variable without changing the loop.
  private mutating func range(
    _ variable: Int, _ first: Typed, _ end: Typed, _ body: [TypedStatement], _ span: Span
  ) {
    let bounds = emitter.allocate(3)
    let (current, limit, test) = (bounds, bounds + 1, bounds + 2)
    _ = value(first, into: current)
    _ = value(end, into: limit)
    let turns = counter(span)
    let start = startOfLoop()
    emitter.emit(.lessS, test, current, limit, at: span)
    let exit = emitter.jump(.jumpIfZero, test, at: span)
    emitter.emit(.turn, turns, at: span)
    emitter.emit(.move, variable, current, at: span)
    let one = emitter.constant(1)
    loop(from: start, exits: [exit], body, span) { compiler in
      compiler.emitter.emit(.add, current, current, one, at: span)
    }
  }

  private mutating func each(
    _ variable: Int, _ map: Int, _ body: [TypedStatement], _ span: Span
  ) {
    let site = emitter.code.functions.count
    let words = shapes[map].keyWords + shapes[map].readWords
    let begin = emitter.function(.snapshot(of: map, at: site))
    emitter.emit(.call, 0, begin, 0, at: span)
    let next = emitter.function(.nextOfSnapshot(at: site, words: words))
    let start = startOfLoop()
    let row = emitter.allocate(1 + words)
    emitter.emit(.call, row, next, 0, at: span)
    let exit = emitter.jump(.jumpIfZero, row, at: span)
    for word in 0..<words { emitter.emit(.move, variable + word, row + 1 + word, at: span) }
    loop(from: start, exits: [exit], body, span) { _ in }
  }
}

/// Why a checked program has no code: it is too large, or the compiler is wrong.
struct CompilerProblem: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}

extension Typed {
  /// Its code may write a part of the value before it has read all that it needs.
  fileprivate var isBuiltStepByStep: Bool {
    switch kind {
    case .tuple, .step, .logical, .conditional, .sequence: true
    default: false
    }
  }
}
