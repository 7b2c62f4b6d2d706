// How many instructions a process executes.

import ArgumentParser
import Foundation

enum Cachegrind {
  static func count(_ mmq: String, _ query: BenchQuery, _ path: String) throws -> UInt64 {
    try count([mmq, "-q", "-j", "1", "-o", "/dev/null", "-e", query.script, "-i", path])
  }

  static func count(_ command: [String]) throws -> UInt64 {
    guard Workplace.find("valgrind") != nil else {
      throw ValidationError("valgrind is not installed")
    }
    let tool = [
      "valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no",
      "--cachegrind-out-file=/dev/null",
    ]
    // Tables of the Swift runtime would have another seed in each run, and another order.
    let result = try Programs.output(
      tool + command, environment: ["SWIFT_DETERMINISTIC_HASHING": "1"])
    guard result.code == 0, let count = instructions(in: result.text) else {
      throw ValidationError("\(command.joined(separator: " ")) failed:\n\(result.text)")
    }
    return count
  }

  /// The line `==123== I   refs:      1,234,567` (valgrind 3.19), or `I refs:` (later ones).
  static func instructions(in text: String) -> UInt64? {
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 4, words[1] == "I", words[2] == "refs:" else { continue }
      return UInt64(words[3].filter { $0 != "," })
    }
    return nil
  }
}
