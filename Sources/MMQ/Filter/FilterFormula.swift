// Formulas of the kernel's filter language.

/// What a filter asks of a record, with `always` where it asks nothing. Parts that are known are folded
/// away. Follows kernel/trace/trace_events_filter.c.
indirect enum FilterFormula: Equatable {
  case always
  case never
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
    var kept: [FilterFormula] = []
    for part in parts {
      switch part {
      case .always: return .always
      case .never: continue
      case .any(let inner): for item in inner where !kept.contains(item) { kept.append(item) }
      default: if !kept.contains(part) { kept.append(part) }
      }
    }
    return kept.isEmpty ? .never : kept.count == 1 ? kept[0] : .any(kept)
  }

  /// The opposite. Only of what is meant exactly.
  var negation: FilterFormula {
    switch self {
    case .always: .never
    case .never: .always
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
    case .always, .never: 0
    case .term: 1
    case .not(let inner): inner.terms
    case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.terms }
    }
  }

  /// In the kernel's words; nil where nothing is asked, and where no record could pass: no filter says
  /// that.
  var text: String? {
    switch self {
    case .always, .never: nil
    default: words
    }
  }

  private var words: String {
    switch self {
    case .always, .never: ""
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
