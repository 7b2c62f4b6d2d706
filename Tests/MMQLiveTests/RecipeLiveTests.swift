// Every recipe on the running kernel, several at once, while a process presses against its memory limit.

import Foundation
import MMQRecipes
import MMQTestSupport
import Testing

@Suite(.needsMemoryGroups, .serialized) struct RecipeLiveTests {
  /// What runs at once: enough to have them side by side, few enough for a small machine.
  private static let batch = 8

  private static let batches: [[String]] = {
    let names = RecipeLibrary.shipped.map(\.name)
    return stride(from: 0, to: names.count, by: batch).map {
      Array(names[$0..<min($0 + batch, names.count)])
    }
  }()

  /// Intervals of a second, small rings: losses are no matter here.
  private func start(_ name: String) throws -> MMQProcess {
    let recipe = try #require(RecipeLibrary.shipped.first { $0.name == name })
    let hasInterval = recipe.header.options.contains { $0.name == "seconds" }
    return try MMQProcess(
      ["recipe", name, "-b", "1M"] + (hasInterval ? ["--", "--seconds=1"] : []),
      environment: ["XDG_DATA_HOME": "/nonexistent"])
  }

  /// Reads a file larger than its group's limit again and again: page cache comes and is reclaimed.
  private func press(seconds: Int) throws -> Process {
    let group = try MemoryGroup("recipes", megabytes: 32)
    let script =
      "dd if=/dev/zero of=\(file) bs=1M count=64 status=none; "
      + "end=$(($(date +%s) + \(seconds))); "
      + "while [ $(date +%s) -lt $end ]; do cat \(file) > /dev/null; done"
    let words = group.words(["/bin/sh", "-c", script])
    let load = Process()
    load.executableURL = URL(fileURLWithPath: words[0])
    load.arguments = Array(words.dropFirst())
    try load.run()
    load.waitUntilExit()
    return load
  }

  private let file = "/var/tmp/mmq-recipes-\(getpid())"

  @Test(arguments: batches) func runsAndLeavesNothing(names: [String]) throws {
    let before = try TracefsState()
    defer { unlink(file) }
    var runs: [(name: String, run: MMQProcess)] = []
    for name in names { runs.append((name, try start(name))) }
    #expect(try press(seconds: 3).terminationStatus == 0)
    for (_, run) in runs { run.send(SIGINT) }
    for (name, run) in runs {
      let output = run.finish()
      #expect(run.status == 0, "\(name): \(run.stderr)")
      #expect(!run.stderr.contains("ERROR"), "\(name): \(run.stderr)")
      #expect(!output.isEmpty, "\(name)")
      #expect(!output.contains("nan"), "\(name): \(output)")
      #expect(try Tracing.instances(of: run.pid) == [], "\(name)")
      for part in Self.certain[name] ?? [] {
        #expect(output.contains(part), "\(name) prints no '\(part)':\n\(output)\n\(run.stderr)")
      }
    }
    let changes = before.changes(to: try TracefsState())
    #expect(changes == [])
  }

  /// What the load does on every kernel. `1.000 s:` is the first interval's report.
  private static let certain = [
    "page-alloc-comm": ["1.000 s: ", "  cat\n"], "page-alloc-order": ["1.000 s: ", "\n     0 "],
    "page-alloc-gfp": ["1.000 s: ", "__GFP"], "page-alloc-net": ["    1.000 ", "in use"],
    "page-lifetimes": ["@life:", "@life_us[cat]"], "pcp-refills": ["1.000 s:"],
    "slab-alloc": ["1.000 s: ", "cache"], "slab-balance": ["objects allocated"],
    "slab-caches": ["1.000 s:", "filp"],
    "memory-growth": ["1.000 s:", "  cat\n"], "lru-isolation": ["inactive_file"],
    "kmalloc-waste": ["bytes asked for"], "mm-health": ["1.000 s:", "allocation     "],
    "reclaim-latency": ["1.000 s:", "cgroup      cat", "of /proc/vmstat: +"],
    "page-faults": ["1.000 s:", "/proc/vmstat: pgfault +"],
    "direct-reclaim": ["of /proc/vmstat: +"],
    "kswapd": ["1.000 s:"], "compaction-health": ["    1.000 "],
  ]
}
