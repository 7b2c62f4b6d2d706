// One packed instruction: eight bytes.

/// An opcode and three operands. Registers are signed 16-bit numbers, all else is unsigned.
struct Instruction {
  var opcode: Opcode
  private let padding: UInt8 = 0
  var a: UInt16
  var b: UInt16
  var c: UInt16

  init(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    self.opcode = opcode
    self.a = UInt16(truncatingIfNeeded: a)
    self.b = UInt16(truncatingIfNeeded: b)
    self.c = UInt16(truncatingIfNeeded: c)
  }

  @inline(__always) var ra: Int { Int(Int16(bitPattern: a)) }
  @inline(__always) var rb: Int { Int(Int16(bitPattern: b)) }
  @inline(__always) var rc: Int { Int(Int16(bitPattern: c)) }

  /// The target of a jump.
  @inline(__always) var label: Int {
    get { Int(b) | Int(c) << 16 }
    set {
      b = UInt16(truncatingIfNeeded: newValue)
      c = UInt16(truncatingIfNeeded: newValue >> 16)
    }
  }
}
