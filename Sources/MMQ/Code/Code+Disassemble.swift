// Bytecode as text, for `-d bytecode`.

extension Code {
  /// One instruction a line: its number, the opcode, what its operands are.
  func disassembly() -> String {
    var text = ""
    for block in blocks {
      text += "\(block.name): reads \(block.minimumEventSize) bytes\n"
      for at in block.entry..<block.end { text += line(at) }
    }
    return text
  }

  private func line(_ at: Int) -> String {
    let instruction = instructions[at]
    let (a, b, c) = instruction.opcode.operands
    var words = [
      word(a, instruction.ra, instruction.a), word(b, instruction.rb, instruction.b),
      word(c, instruction.rc, instruction.c),
    ]
    if case .label = b { words[1] = "→ \(instruction.label)" }
    let number = String(at)
    let name = "\(instruction.opcode)"
    return String(repeating: " ", count: max(1, 6 - number.count)) + number + "  "
      + name + String(repeating: " ", count: max(1, 14 - name.count))
      + words.compactMap { $0 }.joined(separator: ", ") + "\n"
  }

  private func word(_ operand: Operand, _ register: Int, _ number: UInt16) -> String? {
    switch operand {
    case .none, .label: nil
    case .target, .register, .both, .value, .valueTarget, .argument: name(ofRegister: register)
    case .key: "[\(name(ofRegister: register))]"
    case .map: "@\(maps[Int(number)].name)"
    case .function: functions[Int(number)].name
    case .offset: "+\(number)"
    case .number: "\(number)"
    }
  }

  private func name(ofRegister register: Int) -> String {
    register >= 0 ? "r\(register)" : "#\(constants[-register - 1])"
  }
}
