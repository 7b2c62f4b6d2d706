// THE instruction set: one line an opcode is its specification. R is the register file (constants
// have negative numbers), E the current record, M the maps, F the host functions.

/// What an operand of an instruction means: read by verifier and disassembler.
enum Operand {
  case none
  /// Register that is written; register that is read.
  case target, register
  /// Register that is read and written.
  case both
  /// The first register of a map's key, or of its value.
  case key, value
  /// As `value`, and written.
  case valueTarget
  case map
  /// The first register of what a cell takes in.
  case argument
  case function
  /// A byte offset in the record; the number says how many bytes are read there.
  case offset(Int)
  case number
  /// An instruction's index, in b and c together.
  case label
}

enum Opcode: UInt8, CaseIterable {
  // Control
  case end  //                      the block is done
  case jump  //                     go to L
  case jumpIfZero  //               if R[a] == 0 go to L
  case jumpIfNotZero  //            if R[a] != 0 go to L
  case turn  //                     R[a] += 1; above the limit of a loop the run stops
  case loop  //                     go back to L; now and then asks whether the run is cancelled
  case move  //                     R[a] = R[b]
  // The record
  case loadU8  //                   R[a] = E.u8[b]
  case loadU16  //                  R[a] = E.u16[b]
  case loadU32  //                  R[a] = E.u32[b]
  case load64  //                   R[a] = E.u64[b]
  case loadI8  //                   R[a] = E.i8[b]
  case loadI16  //                  R[a] = E.i16[b]
  case loadI32  //                  R[a] = E.i32[b]
  case loadString  //               R[a] = id of the string at E[b], at most c bytes
  case loadTail  //                 R[a] = id of the string from E[b] to the record's end
  case loadDynamic  //              R[a] = id of the string that E.u32[b] locates; c: relative
  case swap16  //                   R[a] = bytes of R[b] as u16, reversed
  case swap32  //                   R[a] = bytes of R[b] as u32, reversed
  case swap64  //                   R[a] = bytes of R[b] reversed
  // Where the block runs
  case time  //                     R[a] = time of the record or tick, in ns
  case cpu  //                      R[a] = CPU of the record
  case comm  //                     R[a] = id of the name of thread R[b]
  case probe  //                    R[a] = id of the name of the probe
  // Integers, wrapping
  case extend8  //                  R[a] = sign-extended low 8 bits of R[b]
  case extend16  //                 R[a] = sign-extended low 16 bits of R[b]
  case extend32  //                 R[a] = sign-extended low 32 bits of R[b]
  case truncate8  //                R[a] = low 8 bits of R[b]
  case truncate16  //               R[a] = low 16 bits of R[b]
  case truncate32  //               R[a] = low 32 bits of R[b]
  case add  //                      R[a] = R[b] + R[c]
  case subtract  //                 R[a] = R[b] - R[c]
  case multiply  //                 R[a] = R[b] * R[c]
  case divideS  //                  R[a] = R[b] / R[c], signed; by zero: 1, counted
  case divideU  //                  R[a] = R[b] / R[c], unsigned; by zero: 1, counted
  case moduloS  //                  R[a] = R[b] % R[c], signed; by zero: 1, counted
  case moduloU  //                  R[a] = R[b] % R[c], unsigned; by zero: 1, counted
  case and  //                      R[a] = R[b] & R[c]
  case or  //                       R[a] = R[b] | R[c]
  case exclusiveOr  //              R[a] = R[b] ^ R[c]
  case shiftLeft  //                R[a] = R[b] << (R[c] & 63)
  case shiftRightS  //              R[a] = R[b] >> (R[c] & 63), signed
  case shiftRightU  //              R[a] = R[b] >> (R[c] & 63), unsigned
  case negate  //                   R[a] = -R[b]
  case complement  //               R[a] = ~R[b]
  case isZero  //                   R[a] = R[b] == 0
  case isNotZero  //                R[a] = R[b] != 0
  case equal  //                    R[a] = R[b] == R[c]
  case notEqual  //                 R[a] = R[b] != R[c]
  case lessS  //                    R[a] = R[b] < R[c], signed
  case lessU  //                    R[a] = R[b] < R[c], unsigned
  case lessOrEqualS  //             R[a] = R[b] <= R[c], signed
  case lessOrEqualU  //             R[a] = R[b] <= R[c], unsigned
  // Floats
  case addF  //                     R[a] = R[b] + R[c]
  case subtractF  //                R[a] = R[b] - R[c]
  case multiplyF  //                R[a] = R[b] * R[c]
  case divideF  //                  R[a] = R[b] / R[c]; by zero: inf or nan
  case negateF  //                  R[a] = -R[b]
  case equalF  //                   R[a] = R[b] == R[c]
  case notEqualF  //                R[a] = R[b] != R[c]
  case lessF  //                    R[a] = R[b] < R[c]
  case lessOrEqualF  //             R[a] = R[b] <= R[c]
  case floatFromS  //               R[a] = float of R[b], signed
  case floatFromU  //               R[a] = float of R[b], unsigned
  case integerFromF  //             R[a] = R[b] toward zero; out of range: the nearest, nan: 0
  case unsignedFromF  //            the same, up to 2^64 - 1
  // Maps
  case mapLoad  //                  R[a…] = M[b][R[c…]]; zeros if there is none
  case mapStore  //                 M[b][R[c…]] = R[a…]
  case mapAdd  //                   R[a] = M[b][R[c…]] += R[a]
  case mapRead  //                  R[a] = the number that the cell M[b][R[c…]] shows
  case mapHas  //                   R[a] = whether M[b] has R[c…]
  case mapDelete  //                R[a] = whether R[c…] was removed from M[b]
  case count  //                    M[b][R[c…]] counts one more
  case sum  //                      M[b][R[c…]] += R[a]
  case histogramS  //               M[b][R[c…]] counts R[a] by powers of two, signed
  case histogramU  //               M[b][R[c…]] counts R[a] by powers of two, unsigned
  case aggregate  //                M[b][R[c…]] takes R[a…] in, as its kind says
  // The host
  case call  //                     F[b] runs on R[c…], result in R[a…]
}

extension Opcode {
  /// What a, b and c are; `label` stands for b and c together.
  var operands: (Operand, Operand, Operand) {
    switch self {
    case .end: (.none, .none, .none)
    case .jump, .loop: (.none, .label, .none)
    case .turn: (.both, .none, .none)
    case .jumpIfZero, .jumpIfNotZero: (.register, .label, .none)
    case .loadU8, .loadI8: (.target, .offset(1), .none)
    case .loadU16, .loadI16: (.target, .offset(2), .none)
    case .loadU32, .loadI32: (.target, .offset(4), .none)
    case .load64: (.target, .offset(8), .none)
    case .loadString: (.target, .offset(0), .number)
    case .loadTail: (.target, .offset(0), .none)
    case .loadDynamic: (.target, .offset(4), .number)
    case .time, .cpu, .probe: (.target, .none, .none)
    case .move, .comm, .swap16, .swap32, .swap64, .extend8, .extend16, .extend32, .truncate8,
      .truncate16, .truncate32, .negate, .complement, .isZero, .isNotZero, .negateF, .floatFromS,
      .floatFromU, .integerFromF, .unsignedFromF:
      (.target, .register, .none)
    case .add, .subtract, .multiply, .divideS, .divideU, .moduloS, .moduloU, .and, .or,
      .exclusiveOr, .shiftLeft, .shiftRightS, .shiftRightU, .equal, .notEqual, .lessS, .lessU,
      .lessOrEqualS, .lessOrEqualU, .addF, .subtractF, .multiplyF, .divideF, .equalF, .notEqualF,
      .lessF, .lessOrEqualF:
      (.target, .register, .register)
    case .mapLoad: (.valueTarget, .map, .key)
    case .mapStore: (.value, .map, .key)
    case .mapAdd: (.both, .map, .key)
    case .mapRead, .mapHas, .mapDelete: (.target, .map, .key)
    case .count: (.none, .map, .key)
    case .sum, .histogramS, .histogramU, .aggregate: (.argument, .map, .key)
    case .call: (.target, .function, .register)
    }
  }
}
