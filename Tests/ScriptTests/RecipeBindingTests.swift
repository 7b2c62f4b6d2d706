// Every recipe is for every kernel: the formats of 6.1 and 6.18, and what older ones lacked.

import Foundation
import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import MMQTrace
import Testing

/// The memory events of a kernel: Tests/Fixtures/formats/memory-VERSION.tar.gz.
enum KernelFormats {
  static let v61 = texts("6.1")
  static let v618 = texts("6.18")

  static func texts(_ version: String) -> [(system: String, text: String)] {
    let place = TemporaryPath()
    let directory = URL(fileURLWithPath: place.path)
    defer { try? FileManager.default.removeItem(at: directory) }
    try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/bin/tar")
    tar.arguments = [
      "-xzf", "\(Places.fixtures)/formats/memory-\(version).tar.gz", "-C", place.path,
    ]
    try? tar.run()
    tar.waitUntilExit()
    let walker = FileManager.default.enumerator(atPath: place.path)
    var texts: [(String, String)] = []
    for case let path as String in walker ?? .init() where path.hasSuffix("/format") {
      guard let text = try? String(contentsOfFile: "\(place.path)/\(path)", encoding: .utf8) else {
        continue
      }
      texts.append((path.split(separator: "/").suffix(3).first.map(String.init) ?? "", text))
    }
    return texts
  }

  /// A target with these events.
  static func target(
    _ texts: [(system: String, text: String)], version: String, input: HostOptions.Input
  ) -> Target {
    let schemas = texts.compactMap { file in
      try? FormatParser.parse(Array(file.text.utf8), system: file.system, longSize: 8).get()
    }
    var target = Target(
      schemas: schemas,
      machine: TracedMachine(
        byteOrder: .little, longSize: 8, pageSize: 4096, uname: "Linux (none) \(version).0 x86_64",
        cpuCount: 2))
    target.host.input = input
    target.host.allowsFiles = true
    return target
  }
}

@Suite struct RecipeBindingTests {
  @Test func formatsAreThere() {
    #expect(KernelFormats.v61.count > 50)
    #expect(KernelFormats.v618.count > 50)
  }

  private func check(_ recipe: Recipe, _ target: Target) {
    let script = Script(Source(name: recipe.fileName, text: recipe.text), for: target)
    #expect(
      script.diagnostics.isEmpty, "\(script.diagnostics.map { $0.rendered(in: script.text) })")
  }

  @Test(arguments: RecipeLibrary.shipped.map(\.name), ["6.1", "6.18"])
  func bindsOnRecordingsAndLive(_ name: String, _ version: String) throws {
    let texts = version == "6.1" ? KernelFormats.v61 : KernelFormats.v618
    let recipe = try RecipeLibraryTests.recipe(name)
    check(recipe, KernelFormats.target(texts, version: version, input: .recording))
    check(recipe, KernelFormats.target(texts, version: version, input: .live))
  }

  /// What the header calls optional can be missing, and of an event with several names one is enough.
  @Test(arguments: RecipeLibrary.shipped.map(\.name))
  func bindsWithoutWhatIsOptional(_ name: String) throws {
    let recipe = try RecipeLibraryTests.recipe(name)
    let needed = Set(recipe.header.events.filter { !$0.isOptional }.map { $0.names[0] })
    let texts = KernelFormats.v61.filter { file in
      needed.contains { file.text.hasPrefix("name: \($0.split(separator: ":")[1])\n") }
    }
    #expect(texts.count == needed.count)
    check(recipe, KernelFormats.target(texts, version: "6.1", input: .recording))
  }

  /// Fields that the events did not have once, and the old names of events.
  @Test(arguments: RecipeLibrary.shipped.map(\.name))
  func bindsOnOlderKernels(_ name: String) throws {
    let missing = [
      "mark_victim": [
        "comm", "total_vm", "anon_rss", "file_rss", "shmem_rss", "uid", "pgtables",
        "oom_score_adj",
      ],
      "kmem_cache_free": ["name"], "mm_page_alloc_zone_locked": ["percpu_refill"],
      "mm_vmscan_wakeup_kswapd": ["gfp_flags"],
      "mm_vmscan_lru_shrink_inactive": ["nr_activate0", "nr_activate1", "nr_unmap_fail"],
    ]
    let texts = KernelFormats.v61.map { file in
      var text = file.text.replacingOccurrences(
        of: "name: mm_vmscan_write_folio\n", with: "name: mm_vmscan_writepage\n")
      for (event, fields) in missing where text.hasPrefix("name: \(event)\n") {
        text = Self.without(fields, text)
      }
      return (file.system, text)
    }
    check(
      try RecipeLibraryTests.recipe(name),
      KernelFormats.target(texts, version: "5.10", input: .recording))
  }

  /// The text without these fields; its `print fmt` names them, so that goes, too.
  private static func without(_ fields: [String], _ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      !fields.contains { line.contains(" \($0);") }
    }
    return lines.map { $0.hasPrefix("print fmt:") ? "print fmt: \"\"" : String($0) }
      .joined(separator: "\n")
  }
}
