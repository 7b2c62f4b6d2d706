// The characters of an EBNF file, rule by rule.

struct EBNFReader {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) { rest = Substring(text).unicodeScalars }

  /// The next rule; nil at the end.
  mutating func rule() throws -> (String, EBNF.Rule)? {
    skip()
    guard !rest.isEmpty else { return nil }
    guard let name = word(), take("::=") else { throw mistake("expected NAME ::=") }
    return (name, try choice())
  }

  // MARK: Characters

  private func starts(with text: String) -> Bool { rest.starts(with: text.unicodeScalars) }

  private mutating func take(_ text: String) -> Bool {
    skip()
    guard starts(with: text) else { return false }
    rest.removeFirst(text.unicodeScalars.count)
    return true
  }

  private mutating func skip() {
    while let first = rest.first {
      if starts(with: "/*") {
        rest.removeFirst(2)
        while !rest.isEmpty, !starts(with: "*/") { rest.removeFirst() }
        rest = rest.dropFirst(2)
      } else if first.properties.isWhitespace {
        rest.removeFirst()
      } else {
        return
      }
    }
  }

  private mutating func word() -> String? {
    let found = rest.prefix { $0.properties.isAlphabetic || $0 == "_" }
    rest = rest[found.endIndex...]
    return found.isEmpty ? nil : String(found)
  }

  private func mistake(_ text: String) -> EBNF.Mistake {
    EBNF.Mistake(description: "\(text) at '\(String(rest.prefix(40)))'")
  }

  // MARK: Rules

  private mutating func choice() throws -> EBNF.Rule {
    var rules = [try sequence()]
    while take("|") { rules.append(try sequence()) }
    return rules.count == 1 ? rules[0] : .choice(rules)
  }

  private mutating func sequence() throws -> EBNF.Rule {
    var rules: [EBNF.Rule] = []
    while let item = try item() {
      rules.append(take("-") ? .without(item, try self.item() ?? .sequence([])) : item)
    }
    guard !rules.isEmpty else { throw mistake("expected something") }
    return rules.count == 1 ? rules[0] : .sequence(rules)
  }

  private mutating func item() throws -> EBNF.Rule? {
    guard let rule = try primary() else { return nil }
    switch rest.first {
    case "?":
      rest.removeFirst()
      return .repeated(rule, least: 0, most: 1)
    case "*":
      rest.removeFirst()
      return .repeated(rule, least: 0, most: nil)
    case "+":
      rest.removeFirst()
      return .repeated(rule, least: 1, most: nil)
    default: return rule
    }
  }

  private mutating func primary() throws -> EBNF.Rule? {
    skip()
    switch rest.first {
    case "(":
      rest.removeFirst()
      let rule = try choice()
      guard take(")") else { throw mistake("expected ')'") }
      return rule
    case "'", "\"": return .text(try quoted())
    case "[": return try set()
    default: return name()
    }
  }

  /// A name that does not begin the next rule.
  private mutating func name() -> EBNF.Rule? {
    let start = rest
    guard let name = word() else { return nil }
    let end = rest
    if take("::=") {
      rest = start
      return nil
    }
    rest = end
    return .name(name)
  }

  private mutating func quoted() throws -> String {
    let quote = rest.removeFirst()
    let text = rest.prefix { $0 != quote }
    rest = rest[text.endIndex...]
    guard rest.popFirst() == quote else { throw mistake("an open text") }
    return String(text)
  }

  private mutating func set() throws -> EBNF.Rule {
    rest.removeFirst()
    let excludes = rest.first == "^"
    if excludes { rest.removeFirst() }
    var ranges: [ClosedRange<UInt32>] = []
    while let low = try character() {
      let isRange = rest.first == "-" && rest.dropFirst().first != "]"
      if isRange { rest.removeFirst() }
      let high = isRange ? try character() ?? low : low
      guard low <= high else { throw mistake("an empty range") }
      ranges.append(low...high)
    }
    return .set(ranges, excludes: excludes)
  }

  /// One character of a set; nil, and taken, at its end.
  private mutating func character() throws -> UInt32? {
    guard let first = rest.popFirst() else { throw mistake("an open set") }
    if first == "]" { return nil }
    guard first == "#", rest.first == "x" else { return first.value }
    rest.removeFirst()
    let digits = rest.prefix { $0.properties.isASCIIHexDigit }
    rest = rest[digits.endIndex...]
    guard let value = UInt32(String(digits), radix: 16) else { throw mistake("no character") }
    return value
  }
}
