// Counts the instructions of a run that has a budget.

internal import Synchronization

/// What all threads of a run may still spend.
final class InstructionPool: Sendable {
  private let left: Atomic<Int>

  init(_ limit: UInt64) { left = Atomic(Int(clamping: limit)) }

  /// How many there are. What came of spending them may be forgotten: then they are there again.
  var rest: Int {
    get { left.load(ordering: .relaxed) }
    set { left.store(newValue, ordering: .relaxed) }
  }

  /// As many as there are, up to `wanted`.
  func take(_ wanted: Int) -> Int {
    let (old, _) = left.subtract(wanted, ordering: .relaxed)
    if old >= wanted { return wanted }
    // Whoever comes after finds nothing, either.
    left.add(wanted - max(0, old), ordering: .relaxed)
    return max(0, old)
  }
}

/// What the block at hand, and one thread of the run, may still spend. The machine gets it in slices: it
/// counts down, and asks again when a loop has used one up.
///
/// It lies behind a pointer that the run owns. Code without loops is charged before it runs, so nothing is
/// counted while it does.
struct Meter {
  let limits: Limits
  private let pool: InstructionPool?
  private let mostOfBlock: Int
  private var left: Int
  private var leftOfBlock = 0
  /// It was the block that had too little.
  private var isBlockSpent = false
  private let portion: Int

  /// Instructions between two questions whether the run is cancelled.
  static let slice = 8192

  init(_ limits: Limits, _ pool: InstructionPool?) {
    (self.limits, self.pool) = (limits, pool)
    mostOfBlock = Int(clamping: limits.instructionsPerBlock ?? .max)
    left = pool == nil ? .max : 0
    // What threads have taken and not spent is little beside the whole.
    portion = Int(clamping: min(1 << 22, (limits.instructions ?? 0) / 1024))
  }

  /// Charges a block's own length; the slice that its loops begin with, or nil where there is too little.
  @inline(__always)
  mutating func begin(_ length: Int) -> Int? {
    leftOfBlock = mostOfBlock
    guard spend(length) else { return nil }
    return grant()
  }

  /// The next slice, after the last one was exceeded by `excess`; nil where there is too little.
  mutating func goOn(_ excess: Int) -> Int? { spend(excess) ? grant() : nil }

  /// Takes back what is left of a slice.
  @inline(__always)
  mutating func end(_ rest: Int) { left &+= rest }

  /// For work that is no instruction. False where there is too little.
  @inline(__always)
  mutating func spend(_ count: Int) -> Bool {
    if count > left { refill(count) }
    guard count <= left, count <= leftOfBlock else {
      isBlockSpent = count > leftOfBlock
      return false
    }
    left &-= count
    leftOfBlock &-= count
    return true
  }

  @inline(__always)
  private mutating func grant() -> Int {
    if left < Meter.slice { refill(Meter.slice) }
    let slice = min(Meter.slice, left, leftOfBlock)
    left &-= slice
    leftOfBlock &-= slice
    return slice
  }

  @inline(never)
  private mutating func refill(_ wanted: Int) {
    if let pool { left += pool.take(max(wanted, portion)) }
  }

  /// What `nil` and `false` mean.
  var problem: RunError.Kind {
    isBlockSpent
      ? .instructionsPerBlock(limit: limits.instructionsPerBlock ?? 0)
      : .instructions(limit: limits.instructions ?? 0)
  }
}
