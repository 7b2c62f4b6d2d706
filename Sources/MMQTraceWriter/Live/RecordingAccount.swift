// What a recorder took, beside what the kernel says that there was.

public import MMQTrace

/// What became of the events while they were recorded.
public struct RecordingAccount: Sendable {
  /// One CPU.
  public struct CPU: Sendable {
    public var cpu: UInt32
    /// Records in the file.
    public var records: UInt64 = 0
    public var subBuffers: UInt64 = 0
    /// Sub-buffers whose records make no sense from some place on.
    public var damagedSubBuffers: UInt64 = 0
    /// Lost events by the numbers in the sub-buffers, and gaps of which those tell no number.
    public var countedLosses: UInt64 = 0
    public var unknownGaps: UInt64 = 0
    /// What the kernel counted, after all was read; nil where it does not say.
    public var statistics: RingStatistics?

    init(cpu: UInt32) { self.cpu = cpu }

    mutating func add(_ loss: LostEvents) {
      switch loss {
      case .none: break
      case .unknown: unknownGaps += 1
      case .counted(let events): countedLosses &+= events
      }
    }

    /// Events that were written, or should have been, and are not in the file: by the kernel's count,
    /// which also covers gaps whose size no sub-buffer tells.
    public var lost: UInt64 { max(countedLosses, statistics?.lost ?? 0) }
  }

  /// One file.
  public struct File: Sendable {
    /// Where it is, if it is still there: of older ones than are kept only the numbers are.
    public var path: String?
    public var records: UInt64
    public var bytes: UInt64
  }

  public var cpus: [CPU] = []
  /// Oldest first.
  public var files: [File] = []
  /// A file that has the name of an older one of this recording, but is of another.
  public var stranger: String?
  /// The recording ended because the disk had room for no more than to complete the file.
  public var wasCutShort = false

  public var records: UInt64 { cpus.reduce(0) { $0 + $1.records } }
  public var lost: UInt64 { cpus.reduce(0) { $0 &+ $1.lost } }

  /// Where the kernel's numbers and those of the file differ, in sentences without a full stop.
  public var differences: [String] { cpus.flatMap(\.differences) }
}

extension RecordingAccount.CPU {
  var differences: [String] {
    guard let statistics else { return [] }
    var all: [String] = []
    if records != statistics.read {
      all.append("\(records) records were decoded, the kernel counted \(statistics.read)")
    }
    if statistics.entries > 0 { all.append("\(statistics.entries) records were not read") }
    let isKnown =
      unknownGaps == 0
      ? countedLosses == statistics.overrun : countedLosses <= statistics.overrun
    if !isKnown {
      all.append(
        "the sub-buffers tell of \(countedLosses) lost events, the kernel counted "
          + "\(statistics.overrun)")
    }
    if damagedSubBuffers > 0 { all.append("\(damagedSubBuffers) sub-buffers make no sense") }
    return all.map { "CPU \(cpu): \($0)" }
  }
}
