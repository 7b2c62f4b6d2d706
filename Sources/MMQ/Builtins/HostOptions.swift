// What a program may do to the machine that mmq runs on, and what it may know of it.

/// Choices of whoever runs a script. They are known when the script is checked.
public struct HostOptions: Sendable {
  /// Where records come from.
  public enum Input: Sendable {
    /// Records of the past, of this machine or another.
    case recording
    /// The running kernel.
    case live
    /// There are no records: begin, end and interval only.
    case none
  }

  /// Where the records of the run come from.
  public var input = Input.recording
  /// system() may run commands.
  public var allowsCommands = false
  /// cat(), cgroup_path() and vmstat() may read files of the machine that mmq runs on.
  public var allowsFiles = false
  /// What rand starts from; nil is 0 on a recording, and a number of the system elsewhere.
  public var seed: UInt64?
  /// Somebody reads what is printed as it comes, a terminal or a program behind a pipe, and is traced as
  /// all others are.
  public var hasTracedReader = false
  /// warnf() says something.
  public var showsWarnings = true

  public init() {}

  /// The start of the numbers that rand gives.
  var startOfRandom: UInt64 {
    if let seed { return seed }
    return input == .recording ? 0 : UInt64.random(in: 0...UInt64.max)
  }
}

/// Numbers that look random and are the same for the same seed: SplitMix64 (Steele, Lea, Flood:
/// "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
