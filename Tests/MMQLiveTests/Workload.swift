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

/// The workload, started and waiting: nothing of it has happened yet.
final class WaitingWorkload {
  private let process = Process()
  private let input = Pipe()
  private let errors = Pipe()

  var pid: Int32 { process.processIdentifier }

  init(_ words: [String], waitsItself: Bool = false) throws {
    process.executableURL = URL(fileURLWithPath: Tracing.workload)
    process.arguments = waitsItself ? words : ["after"] + words
    process.standardInput = input
    process.standardError = errors
    try process.run()
    // Its own program, with one thread, is there once it reads.
    while !waitsItself, !Tracing.text("/proc/\(pid)/comm").hasPrefix("mmq-workload") {
      usleep(1000)
    }
    usleep(20_000)
  }

  deinit { if process.isRunning { process.terminate() } }

  /// What it says next on standard error.
  func nextWords() -> String {
    String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
  }

  /// Lets it go on.
  func proceed() { input.fileHandleForWriting.write(Data([10])) }

  /// Lets it go on, to its end; what it said.
  @discardableResult
  func finish() -> String {
    proceed()
    let said = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }
}
