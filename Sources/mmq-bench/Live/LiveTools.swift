// What can be at work during a page fault.

import ArgumentParser
import Foundation
import MMQTrace

/// Something that traces while a loop is measured.
protocol LiveTool: AnyObject {
  var name: String { get }
  /// What must be said of its runs.
  var remarks: [String] { get }
  func measure(_ query: LiveQuery, _ loop: () throws -> Double) throws -> Double
}

/// mmq, or bpftrace.
final class ProgramUnderTest: LiveTool {
  let name: String
  private let command: [String]
  private let text: (LiveQuery) -> String
  private(set) var remarks: [String] = []
  /// The most memory of each run, in kilobytes.
  private(set) var peak: [Int] = []

  init(_ name: String, _ command: [String], text: @escaping (LiveQuery) -> String) {
    (self.name, self.command, self.text) = (name, command, text)
  }

  func measure(_ query: LiveQuery, _ loop: () throws -> Double) throws -> Double {
    let tracer = try Tracer(command + [text(query)])
    guard tracer.wait(for: "Attach") != nil else {
      throw ValidationError("\(name) did not start: \(tracer.text)")
    }
    // bpftrace says so before it has attached.
    usleep(700_000)
    let time = try loop()
    peak.append(tracer.peakMemory())
    let output = tracer.stop()
    if output.lowercased().contains("lost") { remarks.append("\(name) lost events: \(query.name)") }
    return time
  }

  /// Milliseconds from its start until it shows an event that happens all the time.
  func timeToFirstEvent() throws -> Double {
    let load = try Tracer(["sh", "-c", "while :; do /bin/true; done"])
    defer { _ = load.stop() }
    let query = LiveQuery(
      name: "", mmq: "\(LiveQuery.event) { printf(\"seen\\n\"); exit(); }",
      bpftrace: "tracepoint:\(LiveQuery.event) { printf(\"seen\\n\"); exit(); }")
    let tracer = try Tracer(command + [text(query)])
    guard let time = tracer.wait(for: "seen") else {
      throw ValidationError("\(name) saw nothing: \(tracer.text)")
    }
    _ = tracer.end()
    return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
  }
}

/// The event in a ring as mmq sets it up, and nobody reads it: what the kernel alone takes, the floor of
/// whatever reads rings.
final class UnreadRing: LiveTool {
  let name = "ring alone"
  let remarks: [String] = []
  private let tracefs: Tracefs

  init(_ tracefs: Tracefs) { self.tracefs = tracefs }

  func measure(_ query: LiveQuery, _ loop: () throws -> Double) throws -> Double {
    let source = LiveSource(tracefs) { system, _ in system == "kmem" }
    var events = LiveEvents()
    events.wanted = [LiveQuery.event]
    events.filters[LiveQuery.event] = query.filter
    try source.attach(events)
    defer { source.detach() }
    return try loop()
  }
}
