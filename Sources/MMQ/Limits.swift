// What a run may use up: bounds for scripts that one does not trust.

/// What a run may use up before it ends with an error; nil for as much as it likes.
///
/// The error says where in the script it was (``Outcome/failure``); what the maps hold until then is
/// still printed, and blocks of `end` still run as far as the limits allow.
public struct Limits: Sendable, Equatable {
  /// Instructions of bytecode that one block may run for one event or tick. A block without loops is
  /// charged with its length, each turn of a loop with the length of its body.
  public var instructionsPerBlock: UInt64?
  /// Instructions of all blocks together. Walking, sorting and zeroing a map count one for each row.
  public var instructions: UInt64?
  /// Bytes that maps and strings may have together. Where a recording is read in parts, each thread has
  /// maps of its own and an equal share; where a share is too small, one thread goes on with all of it, so that
  /// the number of threads does not decide. (`RunOptions.mapMemory` drops updates instead.)
  public var memory: Int?
  /// Bytes that blocks may print, values as text counted roughly. Maps that are printed at the end do
  /// not count: their memory bounds them.
  public var output: Int?

  public init(
    instructionsPerBlock: UInt64? = nil, instructions: UInt64? = nil, memory: Int? = nil,
    output: Int? = nil
  ) {
    self.instructionsPerBlock = instructionsPerBlock
    self.instructions = instructions
    self.memory = memory
    self.output = output
  }

  /// No limits: for scripts of one's own.
  public static let none = Limits()

  /// Far above what questions need: a tenth of a second for a block, some 20 minutes of one core for a
  /// run, 256 MB of memory, 64 MB of output.
  public static let safe = Limits(
    instructionsPerBlock: 100_000_000, instructions: 1_000_000_000_000, memory: 256 << 20,
    output: 64 << 20)

  var countsInstructions: Bool { instructionsPerBlock != nil || instructions != nil }
}
