// Options that have one value and were given two: the parser would take the last one, and say nothing.

internal import ArgumentParser

enum RepeatedOptions {
  /// Those of which several are meant.
  private static let many: Set<String> = ["-e", "-i"]

  /// Throws a Stop that names both values. `words`: what the parser takes.
  static func refuse(_ words: [String]) throws {
    let given = words.prefix { $0 != "--" }
    guard mayRepeat(given.filter(isOption).flatMap(spelled)) else { return }
    let names = singleNames(of: words.first ?? "")
    var values: [String: String] = [:]
    for (index, word) in given.enumerated() where isOption(word) {
      for name in spelled(word) {
        guard let option = names[name] else { continue }
        let value = self.value(of: word, next: given.dropFirst(index + 1).first)
        if let other = values.updateValue(value, forKey: option) {
          throw Stop(
            status: Stop.usageError,
            message:
              "mmq: \(name) is given twice, as '\(other)' and as '\(value)': it has one value")
        }
      }
    }
  }

  /// Some are equal, or a long and a short name begin alike, as all names of one option do. To ask the help takes
  /// longer than all else at the start.
  private static func mayRepeat(_ names: [String]) -> Bool {
    guard Set(names).count == names.count else { return true }
    let initials = names.map { ($0.hasPrefix("--"), $0.first { $0 != "-" }?.lowercased()) }
    let (long, short) = (initials.filter(\.0).map(\.1), initials.filter { !$0.0 }.map(\.1))
    return !Set(long).isDisjoint(with: short)
  }

  private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word.count > 1 }

  /// `--name=value` is one name, `-ab` are two.
  private static func spelled(_ word: String) -> [String] {
    let name = word.prefix { $0 != "=" }
    return name.hasPrefix("--") ? [String(name)] : name.dropFirst().map { "-\($0)" }
  }

  private static func value(of word: String, next: String?) -> String {
    word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) } ?? next ?? ""
  }

  /// The names of a command's options with one value, each with the first name of the same option. Its help has
  /// them as `  -o, --output <output>   …`.
  private static func singleNames(of command: String) -> [String: String] {
    let type =
      MMQCommand.configuration.subcommands.first { $0._commandName == command } ?? RunCommand.self
    var known: [String: String] = [:]
    for line in MMQCommand.helpMessage(for: type).split(separator: "\n") {
      guard line.hasPrefix("  -") else { continue }
      let words = line.split(separator: " ")
      let names = words.prefix { $0.hasPrefix("-") }.map { $0.prefix { $0 != "," } }.map(
        String.init)
      guard words.dropFirst(names.count).first?.hasPrefix("<") == true, many.isDisjoint(with: names)
      else { continue }
      for name in names { known[name] = names[0] }
    }
    return known
  }
}
