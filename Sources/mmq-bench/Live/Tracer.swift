// A tool at work while something else is measured.

import Foundation

/// Runs a tracer until it is told to end. Its output is kept.
final class Tracer {
  private let process = Process()
  private let output = Pipe()
  private(set) var text = ""
  private let start = ContinuousClock.now

  init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// Waits until it has said something; how long that took since its start. nil if it ended before.
  func wait(for word: String) -> Duration? {
    while !text.contains(word) {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      text += String(decoding: data, as: UTF8.self)
    }
    return ContinuousClock.now - start
  }

  /// The most memory that it had, in kilobytes, without the rings that it maps: VmHWM of
  /// proc_pid_status(5) and Rss of proc_pid_smaps(5).
  func peakMemory() -> Int {
    let own = Tracer.kilobytes("VmHWM:", "/proc/\(process.processIdentifier)/status")
    return own.reduce(0, +) - ringMemory()
  }

  private func ringMemory() -> Int {
    var isRing = false
    var sum = 0
    for line in Tracer.lines("/proc/\(process.processIdentifier)/smaps") {
      if line.contains("-"), line.contains(" r") { isRing = line.hasSuffix("/trace_pipe_raw") }
      if isRing, line.hasPrefix("Rss:") { sum += Tracer.number(line) }
    }
    return sum
  }

  /// Ends it as Ctrl-C does; all that it said.
  func stop() -> String {
    kill(process.processIdentifier, SIGTERM)
    return end()
  }

  func end() -> String {
    let rest = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    text += String(decoding: rest, as: UTF8.self)
    return text
  }

  private static func lines(_ path: String) -> [Substring] {
    // Files of /proc have no size: they are read to their end.
    let bytes = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd()
    return String(decoding: bytes ?? Data(), as: UTF8.self).split(separator: "\n")
  }

  private static func kilobytes(_ name: String, _ path: String) -> [Int] {
    lines(path).filter { $0.hasPrefix(name) }.map(number)
  }

  private static func number(_ line: Substring) -> Int {
    line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
