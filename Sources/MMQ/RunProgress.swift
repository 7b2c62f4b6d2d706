// How far a run is.

internal import MMQTrace
internal import Synchronization

/// Counts records while they are read, on whatever thread: for those who wait. The outcome of the run has
/// the exact number.
public final class RunProgress: Sendable {
  private let seen = Atomic<UInt64>(0)

  public init() {}

  /// Records so far, wanted or not, but for the last few thousand of each thread.
  public var records: UInt64 { seen.load(ordering: .relaxed) }

  /// So many records in between cost nothing.
  private static let step: UInt64 = 4096

  func note(_ lane: UnsafeMutablePointer<Lane>) {
    let new = lane.pointee.cursor.records &- lane.pointee.told
    guard new >= RunProgress.step else { return }
    lane.pointee.told = lane.pointee.cursor.records
    seen.add(new, ordering: .relaxed)
  }
}
