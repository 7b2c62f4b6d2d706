// Where a run ends before its time: loops, budgets, functions of the host that fail.

extension Run {
  /// Ends the run with an error; the first one counts. Without an instruction the machine knows it.
  @inline(never)
  func fail(_ kind: RunError.Kind, at instruction: Int? = nil) {
    if faults.failure == nil { faults.failure = (kind, instruction) }
    exit(code: 1)
  }

  /// The function that was called there may have ended the run.
  @inline(never)
  func placeFailure(at instruction: Int) {
    if faults.failure != nil, faults.failure?.instruction == nil {
      faults.failure?.instruction = instruction
    }
  }

  /// A loop has used up its slice, and is so much below 0. The next slice, or less than 0 where the run
  /// ends: somebody wants that, or there is no budget for more.
  @inline(never)
  func goOn(behind slice: Int, at instruction: Int) -> Int {
    if !outlastsCancelling, isCancelled() {
      exit(code: 0)
      return -1
    }
    tidyStrings()
    guard let meter else { return Meter.slice }
    if stopsForMemory(at: instruction) { return -1 }
    guard let more = meter.pointee.goOn(-slice) else {
      fail(meter.pointee.problem, at: instruction)
      return -1
    }
    return more
  }

  /// Something was refused for want of memory, and that ends the run.
  @inline(never)
  func stopsForMemory(at instruction: Int?) -> Bool {
    guard memory.endsRun, memory.budget?.pointee.hasDropped == true else { return false }
    fail(.memory(limit: memory.limitOfRun), at: instruction)
    return true
  }

  /// It was memory that ended the run, or a block's room for strings, which is a part of it.
  var isOutOfMemory: Bool {
    switch faults.failure?.kind {
    case .memory, .strings: true
    default: false
    }
  }

  /// For work that no instruction stands for, such as a walk over a map.
  func spend(_ rows: Int) {
    guard let meter, !meter.pointee.spend(rows) else { return }
    fail(meter.pointee.problem)
  }
}
