// The library of recipes: all of it is compiled in, and what headers say is what scripts do.

import Foundation
import MMQ
import MMQLanguage
import MMQRecipes
import MMQTestSupport
import Testing

@Suite struct RecipeLibraryTests {
  private static let directory = Places.package + "/Sources/MMQRecipes/Recipes"

  @Test func everyFileIsCompiledIn() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
    #expect(files.allSatisfy { $0.hasSuffix(".mmq") })
    #expect(RecipeLibrary.shipped.map(\.name) == files.map { String($0.dropLast(4)) }.sorted())
    for recipe in RecipeLibrary.shipped {
      let text = FileManager.default.contents(atPath: "\(Self.directory)/\(recipe.fileName)")
      #expect(text.map(Array.init) == recipe.text, "\(recipe.name)")
    }
  }

  @Test(arguments: RecipeLibrary.shipped.map(\.name)) func headerIsWhole(_ name: String) throws {
    let header = try Self.recipe(name).header
    #expect(!header.title.isEmpty && !header.reading.isEmpty && !header.next.isEmpty)
    #expect(header.question.contains("?"))
    #expect(!header.kernels.isEmpty && !header.events.isEmpty)
    #expect(header.options.allSatisfy { !$0.standard.isEmpty && !$0.meaning.isEmpty })
  }

  /// Names with a dash in "Next" are recipes, or parts of a system.
  @Test(arguments: RecipeLibrary.shipped.map(\.name)) func nextLeadsOn(_ name: String) throws {
    let next = try Self.recipe(name).header.next
    let prefixes = [
      "page", "kswapd", "direct", "oom", "thp", "compaction", "slab", "reclaim", "mm",
    ]
    for word in next.split(whereSeparator: { !($0.isLetter || $0 == "-") }) {
      let parts = word.split(separator: "-")
      guard parts.count > 1, prefixes.contains(String(parts[0])) else { continue }
      #expect(RecipeLibrary.shipped.contains { $0.name == word }, "\(word)")
    }
  }

  @Test(arguments: RecipeLibrary.shipped.map(\.name)) func isInHouseStyle(_ name: String) throws {
    let recipe = try Self.recipe(name)
    let (text, diagnostics) = Printer.print(Source(name: name, text: recipe.text))
    #expect(diagnostics.isEmpty)
    #expect(text == recipe.text, "mmq fmt would change it")
    let lines = String(decoding: recipe.text, as: UTF8.self).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  /// The options that the script asks for, with the defaults that the header tells.
  @Test(arguments: RecipeLibrary.shipped.map(\.name)) func optionsAreTrue(_ name: String) throws {
    let recipe = try Self.recipe(name)
    let text = String(decoding: recipe.text, as: UTF8.self)
    var asked: [String: Set<String>] = [:]
    for call in text.matches(of: /getopt\("([a-z]+)", "?([^")]*)"?\)/) {
      asked[String(call.1), default: []].insert(String(call.2))
    }
    let told = recipe.header.options.map { ($0.name, Set([$0.standard])) }
    #expect(asked == Dictionary(uniqueKeysWithValues: told))
    #expect(text.matches(of: /getopt\(/).count > 0 || told.isEmpty)
  }

  /// The header names the events of the probes, and marks those that may be missing.
  @Test(arguments: RecipeLibrary.shipped.map(\.name)) func eventsAreTrue(_ name: String) throws {
    let recipe = try Self.recipe(name)
    let (program, _) = Parser.parse(Source(name: name, text: recipe.text))
    var points: [String: Bool] = [:]
    for point in program.probes.flatMap(\.attachPoints)
    where point.parts.count == 2 && !["interval", "i"].contains(point.parts[0]) {
      points[point.parts.joined(separator: ":")] = point.isOptional
    }
    #expect(Set(recipe.header.events.flatMap(\.names)) == Set(points.keys))
    for event in recipe.header.events {
      if event.names.count == 1 {
        #expect(points[event.names[0]] == event.isOptional, "\(event.names)")
      } else {
        // The other names are those of other kernels.
        #expect(event.names.dropFirst().allSatisfy { points[$0] == true }, "\(event.names)")
      }
    }
  }

  // MARK: Headers

  @Test func headersAreRead() {
    let text = """
      #!/usr/bin/env mmq
      // A title: with a colon
      //
      // Question: What is
      //   asked?
      // Reading: Row by row.
      // Other: passed over
      // Events:
      //   vmscan:mm_vmscan_write_folio | vmscan:mm_vmscan_writepage
      //   oom:mark_victim?
      // Options:
      //   --seconds=10  seconds between
      //     reports
      //   --comm=*      names

      // Question: no part of the header
      begin {}
      """
    let header = RecipeHeader(of: Array(text.utf8))
    #expect(header.title == "A title: with a colon")
    #expect(header.question == "What is asked?")
    #expect(header.reading == "Row by row.")
    #expect(header.events.map(\.isOptional) == [false, true])
    #expect(header.events[0].names.map { $0.suffix(5) } == ["folio", "epage"])
    #expect(header.events[1].names == ["oom:mark_victim"])
    #expect(header.options.map(\.name) == ["seconds", "comm"])
    #expect(header.options.map(\.standard) == ["10", "*"])
    #expect(header.options.map(\.meaning) == ["seconds between reports", "names"])
  }

  @Test func aScriptWithoutAHeaderIsARecipeToo() {
    let recipe = Recipe(name: "own", text: Array("begin { exit(); }".utf8), path: "/x/own.mmq")
    #expect(recipe.header == RecipeHeader(of: []))
    #expect(recipe.fileName == "/x/own.mmq")
  }

  // MARK: The user's own

  @Test func ownRecipesJoinAndReplace() throws {
    let place = TemporaryPath()
    try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place.path) }
    for (file, text) in [
      ("own.mmq", "// Mine\nbegin {}"), ("kswapd.mmq", "// Better\nbegin {}"), ("notes.txt", "no"),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(place.path)/\(file)"))
    }
    let all = RecipeLibrary.all(directory: place.path)
    #expect(all.count == RecipeLibrary.shipped.count + 1)
    #expect(all.map(\.name) == all.map(\.name).sorted())
    #expect(all.first { $0.name == "own" }?.header.title == "Mine")
    #expect(all.first { $0.name == "kswapd" }?.header.title == "Better")
    #expect(RecipeLibrary.all(directory: "/nonexistent").count == RecipeLibrary.shipped.count)
  }

  static func recipe(_ name: String) throws -> Recipe {
    try #require(RecipeLibrary.shipped.first { $0.name == name })
  }
}
