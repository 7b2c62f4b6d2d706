// How a run ended, and all that must be said of it.

public import MMQTrace

/// Events that the kernel dropped before mmq saw them.
public struct Losses: Sendable, Equatable {
  /// Events known to be lost.
  public var counted: UInt64 = 0
  /// Places with a count.
  public var countedGaps: UInt64 = 0
  /// Places where events were lost, nobody knows how many.
  public var unknownGaps: UInt64 = 0

  public init() {}

  mutating func add(_ loss: LostEvents) {
    switch loss {
    case .none: break
    case .unknown: unknownGaps += 1
    case .counted(let events):
      counted &+= events
      countedGaps += 1
    }
  }

  /// The kernel's own count covers all gaps: those of unknown size have one now.
  mutating func settle(_ events: UInt64) {
    counted = events
    countedGaps += unknownGaps
    unknownGaps = 0
  }
}

/// What was lost of one CPU's records in one buffer.
public struct StreamLosses: Sendable, Equatable {
  /// The recording; `""` where there is only one.
  public var input = ""
  /// The instance's name; `""` is the top-level buffer.
  public var buffer: String
  /// The CPU whose records were lost.
  public var cpu: UInt32
  /// How much, as far as that is known.
  public var losses = Losses()
}

/// What the kernel and mmq counted of a CPU of the running kernel, after all of it was read.
public struct RingAccount: Sendable, Equatable {
  /// The kernel's counts.
  public var statistics: RingStatistics
  /// Records that mmq decoded.
  public var decoded: UInt64
}

/// The end of a run.
public struct Outcome: Sendable {
  /// What the script asked for with exit(), else 0.
  public var exitCode: Int32 = 0
  /// Records seen, wanted or not.
  public var records: UInt64 = 0
  /// Records that `RunOptions.selection` took, whoever wanted them; nil where nothing was to be selected, and where the
  /// script ended the run before all were seen.
  public var selected: UInt64?
  /// What was lost, by recording, buffer and CPU; none where nothing was.
  public var losses: [StreamLosses] = []
  /// Of a live run that was stopped from outside: both sides' counts, by CPU.
  public var rings: [RingAccount] = []
  /// Sentences for stderr, such as where a division by zero happened.
  public var warnings: [String] = []
  /// What ended the run before its time: an endless loop, a limit, a function of the host. Its sentence
  /// is one of the warnings, too.
  public var failure: RunError?
  /// Something ended the run before its time.
  public var hasFailed: Bool { failure != nil }
}
