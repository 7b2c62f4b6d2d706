// Reads W3C EBNF: https://www.w3.org/TR/xml/#sec-notation

/// A grammar as rules by name. Names in capitals are tokens.
struct EBNF {
  indirect enum Rule {
    case text(String)
    /// One character in the ranges, or not in them.
    case set([ClosedRange<UInt32>], excludes: Bool)
    case name(String)
    case sequence([Rule])
    case choice([Rule])
    /// `most` is nil for no end.
    case repeated(Rule, least: Int, most: Int?)
    /// The first without what the second matches.
    case without(Rule, Rule)
  }

  struct Mistake: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var rules: [String: Rule] = [:]

  init(_ text: String) throws {
    var reader = EBNFReader(text)
    while let (name, rule) = try reader.rule() {
      guard rules[name] == nil else { throw Mistake(description: "\(name) is there twice") }
      rules[name] = rule
    }
  }

  static func isToken(_ name: String) -> Bool { name.allSatisfy { !$0.isLowercase } }

  /// The names that a rule uses.
  static func names(in rule: Rule) -> [String] {
    switch rule {
    case .text, .set: []
    case .name(let name): [name]
    case .sequence(let rules), .choice(let rules): rules.flatMap(names)
    case .repeated(let rule, _, _): names(in: rule)
    case .without(let a, let b): names(in: a) + names(in: b)
    }
  }

  /// All texts of a rule that is a choice of texts, or of such rules; nil where it is not.
  func texts(_ rule: Rule) -> Set<String>? {
    switch rule {
    case .text(let text): return [text]
    case .name(let name): return rules[name].flatMap(texts)
    case .choice(let rules):
      let all = rules.compactMap(texts)
      return all.count == rules.count ? all.reduce([]) { $0.union($1) } : nil
    default: return nil
    }
  }

  func texts(of name: String) -> Set<String> { rules[name].flatMap(texts) ?? [] }
}
