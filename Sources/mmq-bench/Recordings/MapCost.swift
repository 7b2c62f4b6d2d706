// What a map with counts takes of memory for each of its keys.

import ArgumentParser
import Foundation

struct MapCost {
  let programs: Programs
  let stopwatch: Stopwatch
  /// A recording, which a script with `begin` alone does not read.
  let input: String

  /// Kilobytes.
  struct Memory: Equatable {
    var now: Int
    var peak: Int
  }

  func rows(_ keys: UInt64) throws -> [[String]] {
    let base = try whenFilled(1)
    return try [keys / 2, keys].flatMap { count in
      let memory = try whenFilled(count)
      let whole = try stopwatch.measure([programs.mmq, "-q", "-e", Self.fill(count), "-i", input])
      return [
        row(count, "when done", memory.now - base.now, 24),
        row(count, "at its peak", memory.peak - base.peak, 48),
        row(count, "at its peak, printing included", whole.memory - base.peak, 48),
      ]
    }
  }

  private func row(_ keys: UInt64, _ when: String, _ kilobytes: Int, _ limit: Double) -> [String] {
    let bytes = Double(kilobytes) * 1024 / Double(keys)
    let text = Text.number(bytes, 1)
    return [
      "map of \(Text.millions(keys)) M keys with counts, bytes a key, \(when)",
      bytes > limit ? "**\(text)**" : text, Text.number(limit, 0),
    ]
  }

  /// A loop ends after a million rounds, so there are two. The number of keys is one, or a multiple of
  /// half a million.
  static func fill(_ keys: UInt64, then rest: String = "") -> String {
    let inner = min(keys, 500_000)
    let loops = "for ($j : 0..\(keys / inner)) { for ($i : 0..\(inner)) "
    return "begin { \(loops){ @[$j * \(inner) + $i] = count(); } } \(rest) exit(); }"
  }

  /// Fills a map, then prints into a pipe that nobody reads any more: its memory stays as it is.
  private func whenFilled(_ keys: UInt64) throws -> Memory {
    let process = Process()
    let pipe = Pipe()
    let rest = "for ($i : 0..500000) { printf(\"filled %d\\n\", $i); }"
    process.executableURL = URL(fileURLWithPath: programs.mmq)
    process.arguments = ["-q", "-e", Self.fill(keys, then: rest), "-i", input]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    var text = ""
    while !text.contains("filled") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { throw ValidationError("mmq filled no map of \(keys) keys") }
      text += String(decoding: data, as: UTF8.self)
    }
    // Until the pipe is full.
    usleep(200_000)
    return try Self.memory(of: process.processIdentifier)
  }

  /// VmRSS and VmHWM of proc_pid_status(5).
  private static func memory(of process: Int32) throws -> Memory {
    let handle = FileHandle(forReadingAtPath: "/proc/\(process)/status")
    let text = String(decoding: try handle?.readToEnd() ?? Data(), as: UTF8.self)
    guard let memory = memory(inStatus: text) else { throw ValidationError("mmq has ended early") }
    return memory
  }

  static func memory(inStatus text: String) -> Memory? {
    func number(_ name: String) -> Int? {
      text.split(separator: "\n").first { $0.hasPrefix(name) }
        .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } }
    }
    guard let now = number("VmRSS:"), let peak = number("VmHWM:") else { return nil }
    return Memory(now: now, peak: peak)
  }
}
