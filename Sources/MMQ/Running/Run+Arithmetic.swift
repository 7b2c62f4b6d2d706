// Divisions and loops: what can go wrong in arithmetic, counted by instruction.

extension Run {
  /// C's division; by zero it gives 1, as bpftrace's does, and the place is counted.
  func divide(_ a: UInt64, _ b: UInt64, at instruction: Int) -> UInt64 {
    b == 0 ? faults.divisionByZero(at: instruction) : a / b
  }

  func modulo(_ a: UInt64, _ b: UInt64, at instruction: Int) -> UInt64 {
    b == 0 ? faults.divisionByZero(at: instruction) : a % b
  }

  func divideSigned(_ a: UInt64, _ b: UInt64, at instruction: Int) -> UInt64 {
    if b == 0 { return faults.divisionByZero(at: instruction) }
    // The smallest number divided by -1 wraps to itself.
    let (quotient, overflow) =
      Int64(bitPattern: a).dividedReportingOverflow(by: Int64(bitPattern: b))
    return overflow ? a : UInt64(bitPattern: quotient)
  }

  func moduloSigned(_ a: UInt64, _ b: UInt64, at instruction: Int) -> UInt64 {
    if b == 0 { return faults.divisionByZero(at: instruction) }
    let (rest, overflow) =
      Int64(bitPattern: a).remainderReportingOverflow(dividingBy: Int64(bitPattern: b))
    return overflow ? 0 : UInt64(bitPattern: rest)
  }

  /// Counts one more turn of a loop; false stops the block.
  func mayLoop(at instruction: Int) -> Bool {
    if faults.mayLoop(at: instruction) { return true }
    exit(code: 1)
    return false
  }
}

/// What went wrong while code ran: counted here, said by the session.
struct Faults {
  let loopLimit: UInt64
  /// Divisions by zero by instruction.
  private(set) var divisions: [Int: UInt64] = [:]
  /// The loop that ran too often.
  private(set) var endlessLoop: Int?
  private var turns: UInt64 = 0
  /// Dynamic strings that do not lie in their record: they read as "".
  var strayStrings: UInt64 = 0
  /// ksym() had no symbols to look in.
  var noSymbols = false
  /// time() had no date.
  var noDate = false

  init(loopLimit: UInt64) { self.loopLimit = loopLimit }

  mutating func divisionByZero(at instruction: Int) -> UInt64 {
    divisions[instruction, default: 0] += 1
    return 1
  }

  /// A block begins: its loops start to count anew.
  mutating func blockBegins() { turns = 0 }

  mutating func mayLoop(at instruction: Int) -> Bool {
    turns += 1
    if turns <= loopLimit { return true }
    endlessLoop = instruction
    return false
  }
}
