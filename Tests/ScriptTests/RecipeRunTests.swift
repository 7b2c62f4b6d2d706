// Every recipe over a capture that fires its events, against what Tests/Oracle/recipes.py computed.

import Foundation
import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct RecipeRunTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var recipe: String
    var capture: String
    /// As behind `--`: `--name=value`.
    var option: String

    init(_ recipe: String, _ capture: String, _ option: String = "") {
      (self.recipe, self.capture, self.option) = (recipe, capture, option)
    }

    var testDescription: String { "\(recipe) on \(capture)" }

    var options: ScriptRun.Options {
      var options = ScriptRun.Options()
      let parts = option.dropFirst(2).split(separator: "=").map(String.init)
      if parts.count == 2 { options.parameters.options[parts[0]] = .some(parts[1]) }
      return options
    }
  }

  /// The rows of `Tests/Oracle/recipes.py --list`.
  static let rows = [
    Row("compaction-health", "compaction"),
    Row("compaction-outcomes", "compaction"),
    Row("compaction-scanners", "compaction"),
    Row("direct-reclaim", "reclaim"),
    Row("direct-reclaim-slow", "reclaim", "--ms=15"),
    Row("extfrag", "reclaim"),
    Row("inactive-list", "reclaim"),
    Row("kmalloc-waste", "slab", "--top=10"),
    Row("kswapd", "reclaim"),
    Row("kswapd-wakers", "reclaim", "--top=5"),
    Row("lru-isolation", "reclaim"),
    Row("memory-growth", "slab", "--top=5"),
    Row("mm-health", "reclaim"),
    Row("oom-kills", "oom"),
    Row("oom-score-adj", "oom"),
    Row("oom-watch", "oom"),
    Row("page-alloc-comm", "reclaim", "--top=3"),
    Row("page-alloc-gfp", "reclaim", "--top=6"),
    Row("page-alloc-net", "reclaim"),
    Row("page-alloc-order", "reclaim"),
    Row("page-alloc-stacks", "stacks", "--top=5"),
    Row("page-faults", "sched"),
    Row("page-lifetimes", "reclaim"),
    Row("pcp-refills", "slab"),
    Row("reclaim-latency", "compaction"),
    Row("reclaim-throttle", "reclaim"),
    Row("reclaim-writeback", "reclaim"),
    Row("slab-alloc", "slab", "--top=10"),
    Row("slab-balance", "slab", "--top=10"),
    Row("slab-caches", "slab", "--top=8"),
    Row("thp-collapse", "thp"),
    Row("thp-failures", "thp"),
    Row("thp-isolation", "thp"),
    Row("thp-scan", "thp"),
  ]

  @Test func allOfThemAreHere() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Places.fixtures + "/recipes")
    #expect(Set(files) == Set(Self.rows.map { $0.recipe + ".expected" }))
    #expect(Self.rows.map(\.recipe) == RecipeLibrary.shipped.map(\.name))
  }

  @Test(arguments: rows) func printsWhatTheOracleComputed(_ row: Row) throws {
    let recipe = try RecipeLibraryTests.recipe(row.recipe)
    let run = try ScriptRun(
      Source(name: recipe.fileName, text: recipe.text), try ScriptFileTests.open(row.capture),
      options: row.options)
    let wanted = try String(
      contentsOfFile: "\(Places.fixtures)/recipes/\(row.recipe).expected", encoding: .utf8)
    #expect(Self.matches(run.output, wanted), "\(run.output)\n\(wanted)\n\(run.errors)")
    #expect(run.exitCode == 0)
    // What is doubtful has to be a matter of the capture: no date, no thread groups.
    for message in run.errors.split(separator: "\n") {
      #expect(Self.known.contains(String(message)))
    }
  }

  /// A recording of Linux 6.18: `cat`, then `tail` twice, in a memory cgroup of 32 MB. The figures are those of
  /// awk, over the events' text.
  @Test(arguments: [
    (
      "mm-health",
      "  cgroup reclaim bad    582 waits, 83.431 ms in all (37.68% of the time), the longest 14.546 ms"
    ),
    ("mm-health", "  direct reclaim quiet"),
    ("oom-kills", "  0, 0, 0; 530, 18 (cgroup)"), ("oom-kills", "  0, 0, 0; 35, 35 (cgroup)"),
  ]) func incidentsInAMemoryGroupAreSeen(_ name: String, _ line: String) throws {
    let recipe = try RecipeLibraryTests.recipe(name)
    let run = try ScriptRun(
      Source(name: recipe.fileName, text: recipe.text), try ScriptFileTests.open("cgroup-oom"),
      options: ScriptRun.Options())
    #expect(run.output.split(separator: "\n").contains { $0.hasSuffix(line) }, "\(run.output)")
  }

  private static let known = [
    "WARNING: the recording has no date; its times count from its clock's zero",
    "WARNING: nothing tells the process of some threads; their pid is their tid",
  ]

  /// A line `...` stands for any lines.
  static func matches(_ output: String, _ wanted: String) -> Bool {
    var rest = output[...]
    for (index, part) in ("\n" + wanted).components(separatedBy: "\n...\n").enumerated() {
      let part = part.drop { $0 == "\n" }
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if let found = rest.range(of: "\n" + part) {
        rest = rest[found.upperBound...]
      } else {
        return false
      }
    }
    return rest.allSatisfy(\.isNewline)
  }

  @Test func gapsMatchAnyLines() {
    #expect(Self.matches("a\nb\nc\n", "a\n...\nc\n"))
    #expect(!Self.matches("a\nb\nc\n", "a\n...\nd\n"))
    #expect(!Self.matches("a\nb\n", "b\n"))
    #expect(!Self.matches("a\nb\n", "a\n"))
  }

  /// A recording with the events' formats, but without the events.
  @Test(arguments: rows.filter { $0.recipe != "mm-health" }.map(\.recipe))
  func saysWhereNothingHappened(_ name: String) throws {
    let recipe = try RecipeLibraryTests.recipe(name)
    let target = KernelFormats.target(KernelFormats.v61, version: "6.1", input: .recording)
    let source = EventlessSource(target.schemas)
    let run = try ScriptRun(Source(name: recipe.fileName, text: recipe.text), source)
    #expect(run.exitCode == 0)
    #expect(!run.output.isEmpty)
    #expect(!run.output.contains("nan") && !run.output.contains("inf"), "\(run.output)")
  }
}

/// The formats of a kernel, and not one record.
private final class EventlessSource: TraceSource {
  let name = "eventless"
  let formatDescription = "none"
  let machine = TracedMachine(byteOrder: .little, longSize: 8, pageSize: 4096, cpuCount: 2)
  let schemas: [EventSchema]
  let clock = TraceClock()
  let savedComms: [(tid: Int32, comm: String)] = []
  let damage = DamageLog()

  func kernelSymbols() -> KernelSymbols { .none }
  func openStreams() throws -> [any PageStream] { [] }

  init(_ schemas: [EventSchema]) { self.schemas = schemas }
}
