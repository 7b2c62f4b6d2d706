// `mmq recipe`: the list, the help, the text, the run.

import Foundation
import MMQRecipes
import MMQTestSupport
import Testing

@Suite struct RecipeCommandTests {
  private let reclaim = "Examples/traces/reclaim.dat"
  private let oom = "Examples/traces/oom.dat"

  @Test func theListHasEachWithItsQuestion() throws {
    let run = try MMQRun(["recipe"], environment: ["XDG_DATA_HOME": "/nonexistent"])
    #expect(run.status == 0 && run.errors == "")
    for recipe in RecipeLibrary.shipped {
      #expect(run.output.contains("\n\(recipe.name) ") || run.output.hasPrefix("\(recipe.name) "))
      #expect(run.output.contains(recipe.header.title))
    }
  }

  @Test func theListIsAnArrayAsJSON() throws {
    let run = try MMQRun(["recipe", "-f", "json"], environment: ["XDG_DATA_HOME": "/nonexistent"])
    let all = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
    let list = try #require(all)
    #expect(list.map { $0["name"] as? String } == RecipeLibrary.shipped.map(\.name))
    let slow = try #require(list.first { $0["name"] as? String == "direct-reclaim-slow" })
    #expect(slow["title"] as? String == "Each long wait for memory")
    #expect((slow["question"] as? String)?.hasSuffix("?") == true)
    #expect((slow["events"] as? [[String: Any]])?.count == 2)
    let options = slow["options"] as? [[String: Any]]
    #expect(options?.first?["name"] as? String == "ms")
    #expect(options?.first?["default"] as? String == "10")
    #expect(slow["path"] is NSNull)
  }

  @Test func helpOfARecipeTellsAllOfIt() throws {
    for flag in ["--help", "-h"] {
      let run = try MMQRun(["recipe", "oom-kills", flag])
      #expect(run.status == 0)
      for word in ["Question:", "How to read it:", "Next:", "Kernels:", "oom:mark_victim"] {
        #expect(run.output.contains(word), "\(word)")
      }
    }
    let own = try MMQRun(["recipe", "--help"])
    #expect(own.status == 0 && own.output.contains("USAGE: mmq recipe"))
  }

  @Test func theTextIsShownAsItIs() throws {
    let run = try MMQRun(["recipe", "kswapd", "--show"])
    let recipe = try #require(RecipeLibrary.shipped.first { $0.name == "kswapd" })
    #expect(run.output == String(decoding: recipe.text, as: UTF8.self))
  }

  @Test func optionsReachTheRecipe() throws {
    let run = try MMQRun(["recipe", "direct-reclaim-slow", "-i", reclaim, "--", "--ms=30"])
    #expect(run.status == 0)
    #expect(run.output.contains("1 of 631 waits took 30 ms or longer (0.2%)\n"), "\(run.output)")
    let slip = try MMQRun(["recipe", "direct-reclaim-slow", "-i", reclaim, "--", "--mss=30"])
    #expect(slip.status == 2 && slip.errors.contains("--ms"))
  }

  @Test func flagsOfRunsAreThereToo() throws {
    let part = try MMQRun(["recipe", "oom-kills", "-q", "-i", oom, "--to", "+0.3"])
    #expect(part.output.contains("1 victims;") && part.errors == "")
    let plan = try MMQRun(["recipe", "oom-kills", "-i", oom, "-d", "plan"])
    #expect(plan.status == 0 && plan.output.contains("oom:mark_victim"))
  }

  @Test func withoutItsEventsARecipeSaysSo() throws {
    let run = try MMQRun(["recipe", "slab-balance", "-i", oom])
    #expect(run.status == 0 && run.output == "")
    #expect(run.errors.contains("slab-balance: \(oom) has no event "))
    #expect(run.errors.contains("kmem:kmalloc or kmem:kmalloc_node"))
    let partly = try MMQRun(["recipe", "reclaim-latency", "-i", oom])
    #expect(partly.status == 0 && partly.output.contains("reclaim     load"))
    #expect(
      partly.errors.contains("NOTE: \(oom) has no event vmscan:mm_vmscan_memcg_reclaim_begin"))
  }

  /// What did not happen is not what nobody recorded.
  @Test func whatWasNotRecordedIsNotQuiet() throws {
    let found = try MMQRun(["recipe", "mm-health", "-q", "-i", oom]).output
    for name in ["allocation", "fragmentation", "reclaim", "compaction", "huge pages", "slab"] {
      #expect(
        found.contains(
          "  \(name.padding(toLength: 14, withPad: " ", startingAt: 0)) not recorded\n"))
    }
    #expect(found.contains("  oom            bad    3 tasks killed") && !found.contains("quiet"))
    #expect(
      try MMQRun(["recipe", "mm-health", "-q", "-i", reclaim]).output.contains(
        "huge pages     quiet\n"))
  }

  /// Without their frees all objects and pages would seem to be kept; what nobody counted is not 0.
  @Test func recipesLeaveOutWhatWasNotRecorded() throws {
    let text = TemporaryPath()
    let log = """
                 sh-1 [000] ..... 1.0: kmem_cache_alloc: call_site=a+0x1/0x2 ptr=00000000da32446a bytes_req=8 bytes_alloc=8
                 sh-1 [000] ..... 1.1: kmalloc: call_site=b+0x1/0x2 ptr=00000000da32446b bytes_req=8 bytes_alloc=8
                 sh-1 [000] ..... 1.2: kfree: call_site=b+0x1/0x2 ptr=00000000da32446b
                 sh-1 [000] ..... 1.3: mm_page_alloc: page=00000000da32446b pfn=0x12 order=0 migratetype=0
                 sh-1 [000] ..... 1.4: mm_page_alloc_zone_locked: page=00000000da32446b pfn=0x12 order=0 percpu_refill=1
                 sh-1 [000] ..... 1.5: mark_victim: pid=1

      """
    try Data(log.utf8).write(to: URL(fileURLWithPath: text.path))
    func answer(_ recipe: String) throws -> String {
      let run = try MMQRun(["recipe", recipe, "-q", "-i", text.path])
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
    let growth = try answer("memory-growth")
    #expect(
      growth.contains("  b\n") && !growth.contains("  a\n") && !growth.contains("comm"), "\(growth)"
    )
    #expect(try answer("oom-kills").contains("  -, -, -\n"))
    #expect(try answer("pcp-refills").contains("         -\n"))
    #expect(try answer("mm-health").contains("slab           not recorded"))
  }

  @Test func halfOfASlabIsToldAndSaid() throws {
    let run = try MMQRun([
      "recipe", "slab-alloc", "-q", "-i", "Tests/Fixtures/captures/kmem-zstd.perf.data",
    ])
    #expect(run.status == 0 && run.output.contains(" kmalloc "), "\(run.errors)")
    #expect(run.output.contains("allocations of named caches were not recorded\n"))
  }

  @Test func textsWithoutNamesAreExplained() throws {
    for recipe in ["mm-health", "kmalloc-waste"] {
      let run = try MMQRun(["recipe", recipe, "-i", "Tests/Fixtures/captures/raw.txt"])
      #expect(run.status == 0 && run.errors.contains("without its option raw"), "\(run.errors)")
    }
  }

  @Test func slipsAreToldWithWhatIsNear() throws {
    let run = try MMQRun(["recipe", "oom-kils"])
    #expect(run.status == 2 && run.errors.contains("did you mean oom-kills?"))
    for words in [["-e", "begin {}"], ["-i", oom], ["--show"], ["-f", "csv"], ["-l"]] {
      #expect(try MMQRun(["recipe"] + words).status == 2, "\(words)")
    }
  }

  @Test func ownRecipesAreListedAndRun() throws {
    let place = TemporaryPath()
    let directory = "\(place.path)/mmq/recipes"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place.path) }
    let text =
      "// Mine\n//\n// Question: Does it run?\n\nimport \"more/part.mmq\";\nend { part(); }\n"
    try FileManager.default.createDirectory(
      atPath: "\(directory)/more", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/my-own.mmq"))
    try Data("macro part() { print(\"it does\"); }\n".utf8)
      .write(to: URL(fileURLWithPath: "\(directory)/more/part.mmq"))
    let data = ["XDG_DATA_HOME": place.path]
    let list = try MMQRun(["recipe"], environment: data)
    #expect(list.output.contains("my-own                Mine (your own)\n"), "\(list.output)")
    #expect(list.output.contains("Does it run?"))
    let run = try MMQRun(["recipe", "my-own", "-i", oom], environment: data)
    #expect(run.status == 0 && run.output.contains("it does\n"), "\(run.errors)")
  }
}
