// The program mmq at work on the running kernel.

import Foundation

/// A run of mmq. Its output is collected as it comes.
final class MMQProcess {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private(set) var stderr = ""

  var pid: Int32 { process.processIdentifier }
  /// How it ended: its exit code, or minus the signal.
  var status: Int32 {
    process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Starts mmq, in a group if one is given, and waits until its probes are attached, or until it says
  /// another word. `program`: what runs mmq with the arguments, if it is not run as it is.
  init(
    _ arguments: [String], waits: Bool = true, until word: String = "Attached",
    program: String = Tracing.mmq, in group: MemoryGroup? = nil,
    environment: [String: String] = [:]
  ) throws {
    let command = [program] + arguments
    let words = group?.words(command) ?? command
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    // A shell in the background may have left it ignored, and then it stays so.
    Foundation.signal(SIGINT, SIG_DFL)
    try process.run()
    while waits, !stderr.contains(word) {
      let data = errors.fileHandleForReading.availableData
      if data.isEmpty { break }
      stderr += String(decoding: data, as: UTF8.self)
    }
  }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// The next piece of output; empty at its end.
  func nextOutput() -> String {
    String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
  }

  func closeOutput() { try? output.fileHandleForReading.close() }

  /// Waits for the end; all that was printed and not yet taken.
  func finish() -> String {
    let text = String(
      decoding: (try? output.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
    waitForEnd()
    return text
  }

  func waitForEnd() {
    let rest = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
    stderr += String(decoding: rest, as: UTF8.self)
    process.waitUntilExit()
  }

  /// Stops it as Ctrl-C does; what it printed.
  func stop() -> String {
    send(SIGINT)
    return finish()
  }
}
