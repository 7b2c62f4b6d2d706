// A compiled program: instructions, constants, and the tables that they refer to.

internal import MMQLanguage

/// Bytecode, ready to run once `verify()` has passed.
struct Code {
  /// A block of a probe, bound to the events whose used fields lie alike.
  struct Block {
    var name: String
    /// Its first instruction.
    var entry: Int
    /// The instruction after its last.
    var end: Int
    /// Bytes a record must have for all the fields that the block reads.
    var minimumEventSize: Int
  }

  var instructions: [Instruction] = []
  /// Where in the script each instruction comes from.
  var spans: [Span] = []
  /// R[-1], R[-2], …
  var constants: [UInt64] = []
  /// R[0] to R[registers - 1] are variables and temporaries.
  var registers = 0
  var blocks: [Block] = []
  var maps: [MapShape] = []
  var functions: [HostFunction] = []
}

/// A function of the host that bytecode can call.
struct HostFunction: Sendable {
  typealias Body =
    @Sendable (Run, UnsafePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void

  var name: String
  /// Registers of its arguments, and of its result.
  var argumentWords: Int
  var resultWords: Int
  /// The result depends on the arguments alone, and nothing else happens.
  var isPure = false
  /// It asks about the record at hand what may have been told by others, and does nothing.
  var onlyReads = false
  /// It wants the stack of the event at hand.
  var wantsStack = false
  /// It names addresses of the kernel, or what prints its result does.
  var wantsSymbols = false
  /// Of `=~`: what its argument is matched with.
  var pattern: Glob?
  var body: Body
}
