// Random programs out of a grammar.

import MMQTestSupport

/// Derives token by token. From a depth on it takes the shortest way to an end.
struct Derivation {
  let grammar: EBNF
  var random: SeededRandom
  /// Rules deep from where on derivations end as soon as they can.
  private let depthLimit: Int
  /// The fewest rules below each name.
  private var heights: [String: Int] = [:]

  init(_ grammar: EBNF, seed: UInt64, depthLimit: Int) throws {
    self.grammar = grammar
    self.depthLimit = depthLimit
    random = SeededRandom(seed: seed)
    for _ in grammar.rules {
      for (name, rule) in grammar.rules {
        if let height = height(of: rule) { heights[name] = height + 1 }
      }
    }
    let endless = grammar.rules.keys.filter { heights[$0] == nil }
    guard endless.isEmpty else { throw EBNF.Mistake(description: "no end: \(endless)") }
  }

  private func height(of rule: EBNF.Rule) -> Int? {
    switch rule {
    case .text, .set: return 0
    case .name(let name): return heights[name]
    case .sequence(let rules):
      let all = rules.compactMap(height)
      return all.count == rules.count ? all.max() ?? 0 : nil
    case .choice(let rules): return rules.compactMap(height).min()
    case .repeated(let rule, let least, _): return least == 0 ? 0 : height(of: rule)
    case .without(let rule, _): return height(of: rule)
    }
  }

  /// The tokens of a text that the rule of this name describes.
  mutating func tokens(of name: String) -> [String] {
    derive(.name(name), 0).map(Derivation.withSmallEscapes)
  }

  /// The grammar leaves it to words that an octal escape is \377 at most.
  private static func withSmallEscapes(_ token: String) -> String {
    guard token.hasPrefix("\"") else { return token }
    var characters = Array(token)
    var index = 0
    while index < characters.count {
      defer { index += 1 }
      guard characters[index] == "\\" else { continue }
      index += 1
      let octal = characters[index...].prefix(3)
      if octal.count == 3, octal.allSatisfy({ ("0"..."7").contains($0) }), octal.first! > "3" {
        characters[index] = "1"
      }
    }
    return String(characters)
  }

  private mutating func derive(_ rule: EBNF.Rule, _ depth: Int) -> [String] {
    switch rule {
    case .name(let name):
      if EBNF.isToken(name) { return [token(name)] }
      return derive(grammar.rules[name] ?? .sequence([]), depth + 1)
    case .sequence(let rules): return rules.flatMap { derive($0, depth) }
    case .choice(let rules): return derive(pick(rules, depth), depth)
    case .repeated(let rule, let least, let most):
      return (0..<count(least, most, depth)).flatMap { _ in derive(rule, depth) }
    case .text, .set, .without: return [characters(rule)]
    }
  }

  private mutating func pick(_ rules: [EBNF.Rule], _ depth: Int) -> EBNF.Rule {
    var allowed = rules
    if depth >= depthLimit {
      let least = rules.compactMap(height).min()
      allowed = rules.filter { height(of: $0) == least }
    }
    return allowed[Int.random(in: allowed.indices, using: &random)]
  }

  private mutating func count(_ least: Int, _ most: Int?, _ depth: Int) -> Int {
    if depth >= depthLimit { return least }
    // Fewer where it is deep: else operators at ten levels make long programs.
    let chance = depth < 6 ? 2 : 8
    var count = least
    while count < most ?? (least + 3), Int.random(in: 0..<chance, using: &random) == 0 {
      count += 1
    }
    return count
  }

  // MARK: Tokens

  /// A token; numbers are tried again until they fit 64 bits, as the grammar's comment demands.
  private mutating func token(_ name: String) -> String {
    while true {
      let text = characters(.name(name))
      let parts = name == "SCALED" ? text.split { "eE".contains($0) } : []
      if parts.isEmpty || parts[0].count + (Int(parts[1]) ?? 0) <= 19 { return text }
    }
  }

  private mutating func characters(_ rule: EBNF.Rule) -> String {
    switch rule {
    case .text(let text): return text
    case .set(let ranges, let excludes): return String(character(ranges, excludes))
    case .name(let name): return characters(grammar.rules[name] ?? .sequence([]))
    case .sequence(let rules): return rules.map { characters($0) }.joined()
    case .choice(let rules):
      return characters(rules[Int.random(in: rules.indices, using: &random)])
    case .repeated(let rule, let least, let most):
      return (0..<Int.random(in: least...(most ?? least + 3), using: &random))
        .map { _ in characters(rule) }.joined()
    case .without(let rule, let excluded):
      while true {
        let text = characters(rule)
        if grammar.texts(excluded)?.contains(text) == false { return text }
      }
    }
  }

  private mutating func character(_ ranges: [ClosedRange<UInt32>], _ excludes: Bool) -> Character {
    while true {
      let range =
        excludes ? 0x9...0x17f : ranges[Int.random(in: ranges.indices, using: &random)]
      let value = UInt32.random(in: range, using: &random)
      if excludes, ranges.contains(where: { $0.contains(value) }) { continue }
      if let scalar = UnicodeScalar(value) { return Character(scalar) }
    }
  }
}
