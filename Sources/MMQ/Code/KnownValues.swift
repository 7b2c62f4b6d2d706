// Values that a block asks for again: read once, kept in registers of their own.

internal import MMQTrace

/// What is the same for a whole record, or until a map is written.
indirect enum KnownValue: Hashable {
  case constant(UInt64)
  case field(Field)
  case comm
  case map(Int, key: [KnownValue])

  init?(_ typed: Typed, threadField: Field) {
    switch typed.kind {
    case .constant(let word): self = .constant(word)
    case .field(let field): self = .field(field)
    case .context(.tid): self = .field(threadField)
    case .context(.comm): self = .comm
    case .map(let map, let key):
      let words = KnownValue.words(of: key).map { KnownValue($0, threadField: threadField) }
      guard !words.contains(nil) else { return nil }
      self = .map(map, key: words.compactMap { $0 })
    default: return nil
    }
  }

  private static func words(of key: Typed?) -> [Typed] {
    guard let key else { return [] }
    if case .tuple(let items) = key.kind { return items }
    return [key]
  }

  /// Whether it is another value once one of these maps is written.
  func reads(_ isWritten: (Int) -> Bool) -> Bool {
    guard case .map(let map, let key) = self else { return false }
    return isWritten(map) || key.contains { $0.reads(isWritten) }
  }

  /// To read it anew is as quick as to copy it from another register.
  var isQuick: Bool {
    guard case .field(let field) = self else { return false }
    switch field.shape {
    case .integer, .bool, .pointer: return true
    default: return false
    }
  }
}

/// The registers of such values in one block, and where in the code they hold them.
struct KnownValues {
  /// What has none is read each time.
  private var homes: [KnownValue: Int] = [:]
  /// What was read on every way to this place of the code.
  private var loaded: Set<KnownValue> = []

  /// A block with more of them reads the others each time.
  private static let most = 64

  init() {}

  /// Finds what a block asks for more than once.
  init(_ block: TypedBlock, threadField: Field, allocate: (_ words: Int) -> Int) {
    var seen: Set<KnownValue> = []
    var repeated: [(value: KnownValue, words: Int)] = []
    let walk = BlockWalk(expression: { typed in
      guard !typed.isConstant, let value = KnownValue(typed, threadField: threadField),
        !seen.insert(value).inserted, !repeated.contains(where: { $0.value == value })
      else { return }
      repeated.append((value, typed.words))
    })
    walk(block)
    for (value, words) in repeated.prefix(KnownValues.most) { homes[value] = allocate(words) }
  }

  func home(of value: KnownValue) -> Int? { homes[value] }

  /// Takes note that a value is in its registers from here on; false if it was there already.
  mutating func load(_ value: KnownValue) -> Bool { loaded.insert(value).inserted }

  /// A map is written: what was read of it holds no more. It gets no registers again: somebody may still
  /// use the old value.
  mutating func forget(_ map: Int) { forget { $0 == map } }

  mutating func forgetMaps() { forget { _ in true } }

  private mutating func forget(_ isWritten: (Int) -> Bool) {
    for value in homes.keys where value.reads(isWritten) {
      homes[value] = nil
      loaded.remove(value)
    }
  }

  /// Two ways through the code meet: this one, and one that was at `other`.
  mutating func meet(_ other: KnownValues) { loaded.formIntersection(other.loaded) }

  /// Another way begins where `other` was; what was written since stays forgotten.
  mutating func goBack(to other: KnownValues) {
    loaded = other.loaded.filter { homes[$0] != nil }
  }
}
