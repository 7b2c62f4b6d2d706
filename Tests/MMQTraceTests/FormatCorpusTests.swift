// Every format file of real kernels parses, its print fmt included.

import Foundation
import MMQTrace
import Testing

/// What came of a set of format files.
private struct Corpus {
  var events = 0
  var fields = 0
  var tables = 0
  var problems: [String] = []
  var unparsed: [String] = []
  var verbatim: [String] = []

  init(_ files: [(system: String, text: [UInt8])]) {
    for file in files {
      switch FormatParser.parse(file.text, system: file.system, longSize: 8) {
      case .failure(let problem): problems.append("\(file.system): \(problem)")
      case .success(let schema): add(schema)
      }
    }
  }

  private mutating func add(_ schema: EventSchema) {
    events += 1
    fields += schema.fields.count
    tables += schema.symbols.count
    if let problem = schema.printFormatProblem {
      unparsed.append("\(schema.fullName): \(problem)")
    }
    if schema.printFormat?.arguments.contains(where: holdsVerbatim) == true {
      verbatim.append(schema.fullName)
    }
  }

  func report(_ name: String) {
    print("\(name): \(events) events, \(fields) fields, \(tables) tables")
    if !verbatim.isEmpty { print("  C kept as text: \(verbatim.joined(separator: " "))") }
  }
}

private func holdsVerbatim(_ expression: PrintExpression) -> Bool {
  if case .verbatim = expression { return true }
  return expression.children.contains(where: holdsVerbatim)
}

private let tracefs = URL(fileURLWithPath: "/sys/kernel/tracing/events")

private func hasTracefs() -> Bool {
  if FileManager.default.fileExists(atPath: tracefs.path) { return true }
  if geteuid() == 0 {
    _ = try? run("/bin/mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing")
  }
  if FileManager.default.isReadableFile(atPath: tracefs.path) { return true }
  print("SKIP runningKernel: no readable tracefs at /sys/kernel/tracing")
  return false
}

private func run(_ program: String, _ arguments: String...) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

@Suite struct FormatCorpusTests {
  @Test func fixtures() {
    let corpus = Corpus(formatFiles(below: FormatPlaces.formatFixtures))
    corpus.report("fixtures")
    #expect(corpus.events >= 30)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.unparsed.isEmpty)
  }

  @Test(.enabled(if: FormatPlaces.has("events-6.1.tar.gz", for: "linux61")))
  func linux61() throws {
    let archive = try #require(FormatPlaces.capture("events-6.1.tar.gz"))
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("mmq-formats-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    #expect(try run("/bin/tar", "-xzf", archive.path, "-C", directory.path) == 0)
    let corpus = Corpus(formatFiles(below: directory))
    corpus.report("Linux 6.1")
    #expect(corpus.events == 1491)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.unparsed.isEmpty)
    #expect(corpus.verbatim.isEmpty)
  }

  @Test(.enabled(if: hasTracefs()))
  func runningKernel() {
    let files = formatFiles(below: tracefs)
    let corpus = Corpus(files)
    corpus.report("the running kernel")
    #expect(corpus.events > 0)
    #expect(corpus.events == files.count)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.unparsed.isEmpty)
  }
}
