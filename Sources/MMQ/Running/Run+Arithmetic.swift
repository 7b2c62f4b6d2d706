// Divisions and loops: what can go wrong in arithmetic, counted by instruction.

internal import MMQLanguage

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

  /// A loop ran too often, or the run was cancelled within it: the block ends there.
  func stopLoop(at instruction: Int, hasRunTooLong: Bool) {
    if hasRunTooLong { faults.endlessLoop = instruction }
    exit(code: hasRunTooLong ? 1 : 0)
  }
}

/// What went wrong while code ran: counted here, said by the session.
struct Faults {
  let loopLimit: UInt64
  /// Divisions by zero by instruction.
  var divisions: [Int: UInt64] = [:]
  /// Reads behind the end of an array, by place.
  var outOfBounds: [Span: UInt64] = [:]
  /// The loop that ran too often.
  var endlessLoop: Int?
  /// Dynamic strings that do not lie in their record: they read as "".
  var strayStrings: UInt64 = 0
  /// Events that were asked for their stacks, those that had none, and those whose stacks were damaged.
  var stacks = (asked: UInt64(0), missing: UInt64(0), damaged: UInt64(0))
  /// ksym() had no symbols to look in, nor had stacks.
  var noSymbols = false
  /// time() had no date.
  var noDate = false
  /// The process of a thread is not known.
  var noGroup = false
  /// A block made more strings than there was room for.
  var hasTooLargeStrings = false
  /// Files that cat() did not print to their end.
  var cutFiles: UInt64 = 0

  init(loopLimit: UInt64) { self.loopLimit = loopLimit }

  mutating func divisionByZero(at instruction: Int) -> UInt64 {
    divisions[instruction, default: 0] += 1
    return 1
  }
}
