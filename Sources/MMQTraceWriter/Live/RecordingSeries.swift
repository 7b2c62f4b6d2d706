// The files of a recording: one, or the newest of many.

internal import Glibc
internal import MMQTrace

/// How large a recording may get.
public struct RecordingLimits: Sendable {
  /// Bytes of a file at most: when it has them a new one is begun. nil: there is one, of any size.
  public var size: UInt64?
  /// So many of the newest files are kept.
  public var files = 2

  public init(size: UInt64? = nil, files: Int = 2) {
    self.size = size
    self.files = max(1, files)
  }
}

/// `FILE` is the newest one, `FILE.1` the one before, and so on.
final class RecordingSeries {
  let place: RecordingPlace
  private let kept: Int
  private var made = 0

  /// Throws a `TraceError` where one of them could not be written.
  init(_ path: String, _ limits: RecordingLimits) throws(TraceError) {
    place = try RecordingPlace(path)
    kept = limits.size == nil ? 1 : limits.files
    for age in 0..<kept { _ = try RecordingPlace(name(age)) }
  }

  func name(_ age: Int) -> String { age == 0 ? place.path : "\(place.path).\(age)" }

  /// Gives a file its name. What was there before the recording is replaced, and not kept.
  func publish(_ file: UnnamedFile) throws(TraceError) {
    let moved = min(made, kept - 1)
    for age in (0..<moved).reversed() {
      // Somebody may have taken one away.
      if rename(name(age), name(age + 1)) != 0, errno != ENOENT { throw UnnamedFile.failure() }
    }
    try file.publish(as: place.path, modeOf: name(moved > 0 ? 1 : 0))
    made += 1
  }

  /// A file that looks as if it were the next older one, but is of another recording.
  var stranger: String? {
    let path = name(min(made, kept))
    return made > 0 && access(path, F_OK) == 0 ? path : nil
  }
}
