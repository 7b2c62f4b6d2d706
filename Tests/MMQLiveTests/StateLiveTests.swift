// States of a 6.1 recording and of the running kernel are one, by name.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct StateLiveTests {
  private static let program =
    "kmem:mm_page_alloc { @[args.gfp_flags] = count(); @order = hist(args.order); }"
  private let directory = TemporaryDirectory()

  private func run(_ arguments: [String]) throws -> String {
    let run = try MMQProcess(arguments, waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    return output
  }

  /// The count of each name, from text output.
  private func counts(_ outputs: String...) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in outputs.joined(separator: "\n").split(separator: "\n") where line.hasPrefix("@[") {
      let parts = line.components(separatedBy: "]: ")
      counts[parts[0], default: 0] += try #require(Int(parts[1]))
    }
    return counts
  }

  private let work = "dd if=/dev/zero of=/dev/null bs=4M count=20 status=none"

  @Test func recordingsOfTwoKernelsMergeByName() throws {
    let reclaim = Places.package + "/Examples/traces/reclaim.dat"
    let recording = directory.path + "/own.dat"
    _ = try run(
      ["record", "-o", recording, "kmem:mm_page_alloc", "--"] + work.components(separatedBy: " "))
    let (old, new) = (directory.path + "/old.mmqs", directory.path + "/new.mmqs")
    let first = try run(["-q", "-e", Self.program, "-i", reclaim, "--state", old])
    let second = try run(["-q", "-e", Self.program, "-i", recording, "--state", new])
    let kernels = try [reclaim, recording].map { try TraceDat(path: $0) }
    #expect(kernels[0].machine.kernelRelease != kernels[1].machine.kernelRelease)
    let merged = try run(["merge", old, new])
    #expect(try counts(merged) == (try counts(first, second)))
    #expect(try counts(merged) == (try counts(try run(["merge", new, old]))))
    let shared = Set(try counts(first).keys).intersection(try counts(second).keys)
    #expect(!shared.isEmpty && shared.allSatisfy { $0.contains("GFP_") })
  }

  @Test func liveRunsLeaveStates() throws {
    let files = (0..<2).map { directory.path + "/live\($0).mmqs" }
    let outputs = try files.map {
      try run(["-q", "-e", Self.program, "-c", work, "--state", $0])
    }
    let merged = try run(["merge"] + files)
    #expect(try counts(merged) == (try counts(outputs[0], outputs[1])))
    #expect(!(try counts(merged)).isEmpty)
    let twice = try MMQProcess(["merge", files[0], files[0]], waits: false)
    _ = twice.finish()
    #expect(twice.status == 1 && twice.stderr.contains("would count twice"))
  }
}

/// A directory that goes with this value.
private final class TemporaryDirectory: Sendable {
  let path = NSTemporaryDirectory() + "mmq-state-\(UUID().uuidString)"

  init() {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
