// Where tests find their files.

import Glibc

public enum Places {
  /// The package's directory: three above this file.
  public static let package = directory(above: #filePath, levels: 3)

  public static let fixtures = package + "/Tests/Fixtures"

  /// Captures that are not part of the project; nil where there are none.
  public static func shared(_ name: String) -> String? {
    let root = getenv("MMQ_SHARED").map { String(cString: $0) } ?? package + "/../shared"
    let path = "\(root)/captures/\(name)"
    return access(path, R_OK) == 0 ? path : nil
  }

  /// A capture by its file's name, from wherever it is: the fixtures, the examples, or the shared
  /// ones. nil where it is missing.
  public static func capture(_ name: String) -> String? {
    let own = ["\(fixtures)/captures/\(name)", "\(package)/Examples/traces/\(name)"]
    return own.first { access($0, R_OK) == 0 } ?? shared(name)
  }

  /// Whether there is a capture; says loudly which test is skipped where there is none.
  public static func has(_ name: String, for test: String) -> Bool {
    if capture(name) != nil { return true }
    print("SKIP \(test): \(name) is not in the fixtures, MMQ_SHARED or ../shared")
    return false
  }

  private static func directory(above path: String, levels: Int) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(levels).joined(separator: "/")
  }
}

/// A path in the temporary directory; the file there is deleted with this value.
public final class TemporaryPath: Sendable {
  public let path: String

  public init() {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    path = "\(directory)/mmq-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
  }

  deinit { unlink(path) }
}
