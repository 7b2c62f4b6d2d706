// Keys of maps that are known before a block runs.

/// A map's key that is one number of a record, as it lies there.
struct RecordKey: Hashable {
  var map: Int
  /// Where the number is in the record, and how many bits it has.
  var offset: Int
  var bits: Int
  var isSigned: Bool
}

extension Code {
  /// The keys that a block takes straight from its record, each once. It is not followed where the block jumps to:
  /// good enough for whoever only wants to be prepared.
  func recordKeys(of block: Block) -> [RecordKey] {
    var loads: [Int: Instruction] = [:]
    var keys: [RecordKey] = []
    for instruction in instructions[block.entry..<block.end] {
      let (first, _, last) = instruction.opcode.operands
      let map = Int(instruction.b)
      if case .key = last, maps[map].keyWords == 1,
        let key = loads[instruction.rc].flatMap({ RecordKey(map, $0) }), !keys.contains(key)
      {
        keys.append(key)
      }
      switch first {
      case .target, .both, .valueTarget: loads[instruction.ra] = instruction
      default: break
      }
    }
    return keys
  }
}

extension RecordKey {
  /// nil where the instruction does more than to load a number.
  fileprivate init?(_ map: Int, _ load: Instruction) {
    switch load.opcode {
    case .loadU8: (bits, isSigned) = (8, false)
    case .loadU16: (bits, isSigned) = (16, false)
    case .loadU32: (bits, isSigned) = (32, false)
    case .load64: (bits, isSigned) = (64, false)
    case .loadI8: (bits, isSigned) = (8, true)
    case .loadI16: (bits, isSigned) = (16, true)
    case .loadI32: (bits, isSigned) = (32, true)
    default: return nil
    }
    (self.map, offset) = (map, Int(load.b))
  }
}
