// Proves once what the machine then relies on at every instruction.

extension Code {
  /// What is wrong with the code. Only code without a complaint may run: the machine checks no
  /// operand. A complaint is a bug in the compiler.
  func verify() -> String? {
    if spans.count != instructions.count { return "spans: \(spans.count)" }
    if !blocks.allSatisfy({ 0 <= $0.entry && $0.entry < $0.end && $0.end <= instructions.count }) {
      return "a block lies outside the code"
    }
    for block in blocks {
      for at in block.entry..<block.end {
        if let problem = problem(at, block) { return "instruction \(at): \(problem)" }
      }
      let last = instructions[block.end - 1].opcode
      if last != .end { return "block \(block.name) runs on behind its end" }
    }
    return nil
  }

  private func problem(_ at: Int, _ block: Block) -> String? {
    let instruction = instructions[at]
    let (a, b, c) = instruction.opcode.operands
    return problem(a, instruction.ra, Int(instruction.a), at, block)
      ?? problem(b, instruction.rb, Int(instruction.b), at, block)
      ?? problem(c, instruction.rc, Int(instruction.c), at, block)
  }

  private func problem(
    _ operand: Operand, _ register: Int, _ number: Int, _ at: Int, _ block: Block
  ) -> String? {
    let instruction = instructions[at]
    switch operand {
    case .none, .number: return nil
    case .register:
      return reads(register, instruction.opcode == .call ? call(at).argumentWords : 1)
    case .target: return writes(register, instruction.opcode == .call ? call(at).resultWords : 1)
    case .both: return reads(register, 1) ?? writes(register, 1)
    case .argument: return mapOf(at).flatMap { reads(register, $0.updateWords) }
    case .map: return number < maps.count ? nil : "no map \(number)"
    case .function: return number < functions.count ? nil : "no function \(number)"
    case .key: return mapOf(at).flatMap { reads(register, $0.keyWords) }
    case .value: return mapOf(at).flatMap { reads(register, $0.valueWords) }
    case .valueTarget: return mapOf(at).flatMap { writes(register, $0.valueWords) }
    case .offset(let size):
      return number + size <= block.minimumEventSize ? nil : "reads past the record's checked size"
    case .label: return problem(jump: at, block)
    }
  }

  private func call(_ at: Int) -> (argumentWords: Int, resultWords: Int) {
    let index = Int(instructions[at].b)
    guard index < functions.count else { return (0, 0) }
    return (functions[index].argumentWords, functions[index].resultWords)
  }

  private func mapOf(_ at: Int) -> MapShape? {
    let index = Int(instructions[at].b)
    return index < maps.count ? maps[index] : nil
  }

  private func reads(_ register: Int, _ words: Int) -> String? {
    if words == 0 { return nil }
    if register < 0 {
      return -register <= constants.count && words == 1 ? nil : "no constant \(register)"
    }
    return register + words <= registers ? nil : "reads register \(register) of \(registers)"
  }

  private func writes(_ register: Int, _ words: Int) -> String? {
    if words == 0 { return nil }
    return register >= 0 && register + words <= registers
      ? nil : "writes register \(register) of \(registers)"
  }

  /// Only `loop` goes back, so a block without one ends by itself.
  private func problem(jump at: Int, _ block: Block) -> String? {
    let label = instructions[at].label
    let isBack = instructions[at].opcode == .loop
    if label < block.entry || label >= block.end { return "jumps out of its block" }
    return (label <= at) == isBack ? nil : "jumps the wrong way"
  }
}
