// From the comment at the top of a recipe to its parts.

extension RecipeHeader {
  /// A text without a header gives an empty one; unknown parts are passed over.
  public init(of text: [UInt8]) {
    var part: Substring = ""
    for (index, line) in RecipeHeader.comment(of: text).enumerated() {
      if index == 0 {
        title = RecipeHeader.trimmed(line)
      } else if line.hasPrefix("  ") {
        add(RecipeHeader.trimmed(line), to: part)
      } else if let colon = line.firstIndex(of: ":") {
        part = line[..<colon]
        add(RecipeHeader.trimmed(line[line.index(after: colon)...]), to: part)
      } else {
        part = ""
      }
    }
  }

  /// The lines of the first comment, without its signs and the blank behind them. What is below it
  /// is not looked at.
  private static func comment(of text: [UInt8]) -> [Substring] {
    var lines: [Substring] = []
    var rest = text[...]
    while !rest.isEmpty {
      let bytes = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[bytes.endIndex...].dropFirst()
      if lines.isEmpty, bytes.starts(with: "#!".utf8) { continue }
      guard bytes.starts(with: "//".utf8) else { break }
      let line = Substring(decoding: bytes.dropFirst(2), as: UTF8.self)
      lines.append(line.hasPrefix(" ") ? line.dropFirst() : line)
    }
    return lines
  }

  private mutating func add(_ text: String, to part: Substring) {
    if text.isEmpty { return }
    switch part {
    case "Question": RecipeHeader.append(text, to: &question)
    case "Reading": RecipeHeader.append(text, to: &reading)
    case "Next": RecipeHeader.append(text, to: &next)
    case "Kernels": RecipeHeader.append(text, to: &kernels)
    case "Events": events.append(RecipeEvent(text))
    case "Options": addOption(text)
    default: break
    }
  }

  private static func append(_ text: String, to part: inout String) {
    part += part.isEmpty ? text : " " + text
  }

  /// `--name=default  meaning`; a line without dashes goes on with the meaning before.
  private mutating func addOption(_ text: String) {
    if text.hasPrefix("--") {
      options.append(RecipeOption(text))
    } else if !options.isEmpty {
      options[options.count - 1].meaning += " " + text
    }
  }

  static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
  }
}

extension RecipeEvent {
  /// `system:name`, several with `|` between them; `?` at the end: optional.
  init(_ text: String) {
    isOptional = text.hasSuffix("?")
    names = text.split(separator: "|").map { name in
      let name = RecipeHeader.trimmed(name)
      return name.hasSuffix("?") ? String(name.dropLast()) : name
    }
  }

  /// One of its names is among those of a source: a log of text knows no systems.
  public func isMet(by known: Set<String>) -> Bool {
    names.contains { name in
      known.contains(name)
        || name.firstIndex(of: ":").map { known.contains(String(name[$0...])) } == true
    }
  }

  public var description: String { names.joined(separator: " or ") }
}

extension RecipeOption {
  init(_ text: String) {
    let word = text.prefix { !$0.isWhitespace }
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts.first ?? "")
    standard = parts.count > 1 ? String(parts[1]) : ""
    meaning = RecipeHeader.trimmed(text[word.endIndex...])
  }
}
