// Writes instructions: registers, constants, labels.

internal import MMQLanguage

/// The code under construction of a whole program. Registers work like a stack: variables below,
/// temporaries above; all blocks share one register file, since only one block runs at a time.
///
/// Its functions stay out of line: inlined into the whole compiler they make the optimizer take
/// minutes.
struct Emitter {
  private(set) var code = Code()
  private var constants: [UInt64: Int] = [:]
  /// The next free register.
  private var next = 0
  /// The largest numbers that an operand can hold.
  private static let limit = 32_767
  /// Set when the program needs more registers or constants than an operand can name.
  private(set) var isTooLarge = false

  var position: Int { code.instructions.count }

  @inline(never)
  mutating func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, at span: Span) {
    code.instructions.append(Instruction(opcode, a, b, c))
    code.spans.append(span)
  }

  // MARK: Registers

  /// The number of registers in use; `release(to:)` goes back to it.
  var mark: Int { next }

  @inline(never)
  mutating func allocate(_ count: Int) -> Int {
    let first = next
    next += count
    if next > Emitter.limit {
      isTooLarge = true
      next = first
    }
    code.registers = max(code.registers, next)
    return first
  }

  mutating func release(to mark: Int) { next = mark }

  /// The register of a constant: nothing writes there.
  @inline(never)
  mutating func constant(_ value: UInt64) -> Int {
    if let known = constants[value] { return known }
    if code.constants.count >= Emitter.limit {
      isTooLarge = true
      return -1
    }
    code.constants.append(value)
    let register = -code.constants.count
    constants[value] = register
    return register
  }

  // MARK: Jumps

  /// Emits a jump whose target is set later.
  @inline(never)
  mutating func jump(_ opcode: Opcode, _ register: Int = 0, at span: Span) -> Int {
    emit(opcode, register, at: span)
    return position - 1
  }

  @inline(never)
  mutating func land(_ jump: Int) { code.instructions[jump].label = position }

  @inline(never)
  mutating func loop(to target: Int, at span: Span) {
    emit(.loop, at: span)
    code.instructions[position - 1].label = target
  }

  // MARK: Tables

  @inline(never)
  mutating func function(_ function: HostFunction) -> Int {
    code.functions.append(function)
    if code.functions.count > Int(UInt16.max) { isTooLarge = true }
    return code.functions.count - 1
  }

  mutating func maps(_ maps: [MapShape]) {
    code.maps = maps
    if maps.count > Int(UInt16.max) { isTooLarge = true }
  }

  mutating func finish(_ block: Code.Block) { code.blocks.append(block) }
}
