// Settings from outside of scripts: of the environment, and of the user's file.

internal import Glibc

enum Environment {
  /// `MMQ_NAME` and `BPFTRACE_NAME` set the setting `name`; mmq's own spelling wins, and both win over the user's file.
  static func settings() throws -> [String: String] {
    var all = try ConfigFile.settings()
    for prefix in ["BPFTRACE_", "MMQ_"] {
      var next = environ
      while let entry = next.pointee {
        next += 1
        let text = String(cString: entry)
        guard text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") else { continue }
        let name = text[..<equals].dropFirst(prefix.count).lowercased()
        all[name] = String(text[text.index(after: equals)...])
      }
    }
    return all
  }

  /// The first of some variables that is set.
  static func first(of names: String...) -> String? {
    names.lazy.compactMap { getenv($0) }.first.map { String(cString: $0) }
  }
}
