// Colours of what is said on standard error.

internal import ArgumentParser
internal import Glibc

struct ColorOption: ParsableArguments {
  enum When: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Option(help: .init("Colour errors and warnings: auto, always or never.", valueName: "when"))
  var color = When.auto

  func validate() { apply() }

  /// Errors of any later step are said in its way.
  func apply() { Coloring.isOn = Coloring.isWanted(color) }
}

enum Coloring {
  nonisolated(unsafe) fileprivate(set) static var isOn = isWanted(.auto)

  fileprivate static func isWanted(_ when: ColorOption.When) -> Bool {
    switch when {
    case .always: true
    case .never: false
    case .auto:
      isatty(STDERR_FILENO) == 1 && (Environment.first(of: "NO_COLOR") ?? "").isEmpty
        && Environment.first(of: "TERM") != "dumb"
    }
  }

  /// Words that say how grave it is; they stand at the start of a line, or behind a place.
  private static let words = [
    ("ERROR:", "1;31"), ("Error:", "1;31"), ("WARNING:", "1;35"), ("NOTE:", "1;36"),
    ("HINT:", "1;36"),
  ]

  /// The lines with colours, if there shall be any.
  static func colored(_ text: String) -> String {
    guard isOn else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(line).joined(
      separator: "\n")
  }

  private static func line(_ line: Substring) -> String {
    // The mark below a line of a script.
    if line.hasSuffix("~"), line.allSatisfy({ $0 == " " || $0 == "~" }) {
      return "\u{1b}[1;31m\(line)\u{1b}[0m"
    }
    for (word, color) in words {
      guard let range = line.firstRange(of: word), isPlace(line[..<range.lowerBound]) else {
        continue
      }
      let rest = line[range.upperBound...]
      return line[..<range.lowerBound] + "\u{1b}[\(color)m\(word)\u{1b}[0m" + rest
    }
    return String(line)
  }

  /// Nothing, `FILE: ` or `FILE:LINE:COLUMN: `: the word belongs to no sentence.
  private static func isPlace(_ text: Substring) -> Bool {
    text.isEmpty || text.hasSuffix(": ")
  }
}
