// Long perf.data files: perf itself reads them.

import Foundation
import MMQTestSupport
import Testing

@testable import mmq_bench

@Suite struct PerfStretchTests {
  private static let isReady =
    Workplace.find("perf") != nil && Places.has("kmem.perf.data", for: "PerfStretchTests")

  private static func script(_ path: String) throws -> [Substring] {
    try BuiltPrograms.run(["perf", "script", "-F", "time,event", "-i", path]).output
      .split(separator: "\n")
  }

  @Test func samplesAreRepeatedInOrderOfTime() throws {
    guard Self.isReady, let source = Places.capture("kmem.perf.data") else {
      print("SKIP samplesAreRepeatedInOrderOfTime: perf or its capture is missing")
      return
    }
    let file = TemporaryPath()
    let once = try Self.script(source)
    let made = try PerfStretch(source).write(file.path, events: UInt64(once.count) + 1)
    let twice = try Self.script(file.path)
    #expect(made == UInt64(once.count) * 2)
    #expect(twice.count == once.count * 2)
    #expect(Array(twice.prefix(once.count)) == once)
    let times = twice.map { Double($0.split(separator: ":")[0].drop { $0 == " " }) ?? -1 }
    #expect(times == times.sorted())
    #expect(times[0] > 0)
  }

  @Test func whatIsNoPerfDataIsRefused() {
    #expect(throws: (any Error).self) { try PerfStretch("\(Places.package)/Package.swift") }
  }
}
