// The program that the live tests trace: Tests/Workload.

import Foundation

enum Workload {
  /// Runs it to its end; what it said on standard error.
  @discardableResult
  static func run(_ words: [String]) throws -> String {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: Tracing.workload)
    process.arguments = words
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: said, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(text: text) }
    return text
  }

  struct Failure: Error { let text: String }

  /// A child for each number of rounds over the same addresses; how many faults each had.
  static func faults(at address: Int, pages: Int, rounds: [Int]) throws -> [Int: Int] {
    let said = try run(["faults", "\(address)", "\(pages)"] + rounds.map(String.init))
    var children: [Int: Int] = [:]
    for line in said.split(separator: "\n") {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      if numbers.count == 2 { children[numbers[0]] = numbers[1] }
    }
    return children
  }
}
