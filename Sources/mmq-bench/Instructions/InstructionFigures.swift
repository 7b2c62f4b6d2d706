// Instructions for each event, and the file that they are kept in.

import ArgumentParser
import Foundation

struct InstructionFigures: Codable, Equatable {
  /// What `swift --version` said.
  var compiler: String
  /// By the name of the query.
  var perEvent: [String: Double] = [:]
  /// Of a script that ends at once. It depends on the libraries of the system: it is shown, not compared.
  var start: UInt64 = 0

  /// In the package.
  static let place = "Tests/Benchmark/instructions.json"
  /// More than this times a figure is a failure.
  static let tolerance = 1.1

  init(compiler: String) { self.compiler = compiler }

  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("\(path) is not there; --update makes it")
    }
    self = try JSONDecoder().decode(InstructionFigures.self, from: data)
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var rounded = self
    rounded.perEvent = perEvent.mapValues { ($0 * 10).rounded() / 10 }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let data = try encoder.encode(rounded) + Data("\n".utf8)
    try data.write(to: URL(fileURLWithPath: path))
  }

  /// What takes more than it may, in sentences. Queries on one side only are failures, too: nothing is
  /// compared in silence.
  func failures(against figures: InstructionFigures) -> [String] {
    Set(perEvent.keys).union(figures.perEvent.keys).sorted().compactMap { name in
      guard let now = perEvent[name], let then = figures.perEvent[name] else {
        return "\(name): there is nothing to compare"
      }
      guard now > then * Self.tolerance else { return nil }
      let percent = (now / then - 1) * 100
      return "\(name): \(Text.number(now, 1)) instructions an event, "
        + "\(Text.number(percent, 0)) % more than \(Text.number(then, 1))"
    }
  }

  /// Markdown.
  func text(beside figures: InstructionFigures?) -> String {
    let rows = perEvent.keys.sorted().map { name -> [String] in
      let (now, then) = (perEvent[name], figures?.perEvent[name])
      return [name, Text.number(now, 1), Text.number(then, 1), Self.change(now, then)]
    }
    var text = "\(compiler)\n\n"
    if let figures, figures.compiler != compiler { text += "figures: \(figures.compiler)\n\n" }
    text += Text.table(["query", "instructions an event", "figure", "change"], rows)
    return text + "\n\n`mmq -e 'begin { exit() }'`: \(Text.millions(start)) M instructions"
  }

  private static func change(_ now: Double?, _ then: Double?) -> String {
    guard let now, let then, then > 0 else { return "—" }
    return String(format: "%+.1f %%", (now / then - 1) * 100)
  }
}
