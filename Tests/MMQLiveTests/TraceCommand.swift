// trace-cmd, the reader that recordings are made for.

import Foundation

/// What `trace-cmd report` prints of a recording, counted.
struct TraceCommandReport {
  /// Lines by event.
  var events: [String: UInt64] = [:]
  /// Lost events by number, and places where some were lost without one.
  var lost: UInt64 = 0
  var unknownGaps: UInt64 = 0

  private static let program = "/usr/bin/trace-cmd"

  /// A line is `COMM-TID [CPU] TIME: EVENT: …` or `CPU:N [M EVENTS DROPPED]`.
  private static let count = """
    /EVENTS DROPPED\\]$/ { split($0, part, /[^0-9]+/)
      if (part[3] != "") lost += part[3]; else unknown++
      next }
    match($0, /\\[[0-9]+\\] *[0-9.]+: +[^: ]+:/) { name = substr($0, RSTART, RLENGTH - 1)
      sub(/.*: +/, "", name)
      seen[name]++ }
    END { for (name in seen) print name, seen[name]
      printf "lost %.0f\\nunknown %.0f\\n", lost, unknown }
    """

  /// nil, said loudly, where trace-cmd is not installed.
  init?(_ path: String) throws {
    guard access(Self.program, X_OK) == 0 else {
      print("SKIP trace-cmd report: \(Self.program) is not there")
      return nil
    }
    let text = try Shell.output("trace-cmd report '\(path)' 2>/dev/null | awk '\(Self.count)'")
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let number = UInt64(words[1]) else { continue }
      switch words[0] {
      case "lost": lost = number
      case "unknown": unknownGaps = number
      default: events[String(words[0])] = number
      }
    }
  }
}

/// Commands in the words of sh.
enum Shell {
  static func output(_ command: String) throws -> String {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", command]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
