// Formulas of the kernel's filter language.

/// What a filter asks of a record, with `always` where it asks nothing, and `unknown` where the kernel has
/// no words for what should be asked: to it that is `always`, too. Parts that are known are folded away.
/// Follows kernel/trace/trace_events_filter.c.
indirect enum FilterFormula: Equatable {
  case always
  case never
  case unknown
  /// `order == 3`: one comparison, and its opposite where the language has an operator for that.
  case term(String, opposite: String?)
  case not(FilterFormula)
  case all([FilterFormula])
  case any([FilterFormula])

  /// All of the parts.
  static func conjunction(_ parts: [FilterFormula]) -> FilterFormula {
    var kept: [FilterFormula] = []
    for part in parts {
      switch part {
      case .never: return .never
      case .always: continue
      case .all(let inner): for item in inner where !kept.contains(item) { kept.append(item) }
      default: if !kept.contains(part) { kept.append(part) }
      }
    }
    return kept.isEmpty ? .always : kept.count == 1 ? kept[0] : .all(kept)
  }

  /// Any of the parts.
  static func disjunction(_ parts: [FilterFormula]) -> FilterFormula {
    if parts.contains(.always) { return .always }
    var kept: [FilterFormula] = []
    for part in parts {
      switch part {
      case .unknown: return .unknown
      case .always, .never: continue
      case .any(let inner): for item in inner where !kept.contains(item) { kept.append(item) }
      default: if !kept.contains(part) { kept.append(part) }
      }
    }
    return kept.isEmpty ? .never : kept.count == 1 ? kept[0] : .any(kept)
  }

  /// The opposite.
  var negation: FilterFormula {
    switch self {
    case .always: .never
    case .never: .always
    case .unknown: .unknown
    case .term(let text, let opposite?): .term(opposite, opposite: text)
    case .term: .not(self)
    case .not(let inner): inner
    case .all(let parts): .disjunction(parts.map(\.negation))
    case .any(let parts): .conjunction(parts.map(\.negation))
    }
  }

  /// How many comparisons there are.
  var terms: Int {
    switch self {
    case .always, .never, .unknown: 0
    case .term: 1
    case .not(let inner): inner.terms
    case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.terms }
    }
  }

  /// The kernel can decide all of it.
  var isExact: Bool {
    switch self {
    case .unknown: false
    case .always, .never, .term: true
    case .not(let inner): inner.isExact
    case .all(let parts), .any(let parts): parts.allSatisfy(\.isExact)
    }
  }

  /// What the kernel can decide: it lets pass what this formula does, and more.
  private var known: FilterFormula {
    switch self {
    case .unknown: .always
    case .always, .never, .term, .not: self
    case .all(let parts): .conjunction(parts.map(\.known))
    case .any(let parts): .disjunction(parts.map(\.known))
    }
  }

  /// In the kernel's words; nil where nothing is asked, and where no record could pass: no filter says
  /// that.
  var text: String? {
    let known = known
    switch known {
    case .always, .never: return nil
    default: return known.words
    }
  }

  private var words: String {
    switch self {
    case .always, .never, .unknown: ""
    case .term(let text, _): text
    case .not(let inner): "!(\(inner.words))"
    case .all(let parts): parts.map(\.asPart).joined(separator: " && ")
    case .any(let parts): parts.map(\.asPart).joined(separator: " || ")
    }
  }

  private var asPart: String {
    switch self {
    case .all, .any: "(\(words))"
    default: words
    }
  }
}
