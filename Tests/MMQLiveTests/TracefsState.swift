// Everything in tracefs that a run might change and must not.

import Foundation
import MMQTrace

/// What each file outside of `instances` says. Two states can be compared.
struct TracefsState: Equatable {
  private let files: [String: String]

  /// These change by themselves, or with every task that is seen.
  private static let restless: Set<String> = [
    "dyn_ftrace_total_info", "saved_cmdlines", "saved_tgids", "touched_functions", "trace",
    "trace_pipe",
  ]
  /// Of no event that a run could change.
  private static let constant: Set<String> = ["format", "id", "hist"]

  init() throws {
    let root = try Tracefs().path
    var files: [String: String] = [:]
    let all = FileManager.default.enumerator(atPath: root)
    while let name = all?.nextObject() as? String {
      if name == "instances" || name == "per_cpu" {
        all?.skipDescendants()
      } else if let text = TracefsState.text(root, name) {
        files[name] = text
      }
    }
    self.files = files
  }

  /// nil for what is no file to read: to open and close `free_buffer` would free the ring.
  private static func text(_ root: String, _ name: String) -> String? {
    let last = String(name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...])
    guard !restless.contains(last), !constant.contains(last) else { return nil }
    var status = stat()
    guard stat("\(root)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_mode & S_IRUSR != 0
    else { return nil }
    return Tracing.text("\(root)/\(name)")
  }

  var count: Int { files.count }

  /// The files that differ, with both texts.
  func changes(to other: TracefsState) -> [String] {
    Set(files.keys).union(other.files.keys).sorted().compactMap { name in
      let (before, after) = (files[name], other.files[name])
      return before == after ? nil : "\(name): \(before ?? "not there") -> \(after ?? "gone")"
    }
  }
}
