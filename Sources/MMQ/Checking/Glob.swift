// Wildcards of attach points and of `mmq list`.

/// A pattern of `*` and `[…]` (with ranges, and `!` or `^` to exclude); all else is itself.
public struct Glob: Sendable {
  private enum Part {
    case any
    case byte(UInt8)
    case set([ClosedRange<UInt8>], excludes: Bool)
  }

  private let parts: [Part]

  /// Whether a text has `*`, `?` or `[`.
  public static func isPattern(_ text: String) -> Bool {
    text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "[") }
  }

  public init(_ pattern: String) {
    var parts: [Part] = []
    var rest = Array(pattern.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "*") {
        parts.append(.any)
      } else if byte == UInt8(ascii: "["), let set = Glob.set(&rest) {
        parts.append(set)
      } else {
        parts.append(.byte(byte))
      }
    }
    self.parts = parts
  }

  /// Behind `[`: nil, and nothing taken, if there is no `]`.
  private static func set(_ rest: inout ArraySlice<UInt8>) -> Part? {
    guard let close = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { return nil }
    var body = rest[rest.startIndex..<close]
    rest = rest[(close + 1)...]
    let excludes = body.first == UInt8(ascii: "!") || body.first == UInt8(ascii: "^")
    if excludes { body.removeFirst() }
    var ranges: [ClosedRange<UInt8>] = []
    while let low = body.popFirst() {
      var high = low
      if body.first == UInt8(ascii: "-"), body.count > 1 {
        body.removeFirst()
        high = body.removeFirst()
      }
      if low <= high { ranges.append(low...high) }
    }
    return .set(ranges, excludes: excludes)
  }

  /// What stands between its stars, one text more than there are stars; nil where it has a `[…]`.
  var texts: [[UInt8]]? {
    var texts: [[UInt8]] = [[]]
    for part in parts {
      switch part {
      case .any: texts.append([])
      case .byte(let byte): texts[texts.count - 1].append(byte)
      case .set: return nil
      }
    }
    return texts
  }

  /// Whether all of `text` matches. On a mismatch behind a `*` the star takes one byte more; only
  /// the last star needs that, so the time is at most pattern × text.
  public func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var part = 0
    var at = 0
    var retry: (part: Int, at: Int)?
    while at < bytes.count {
      if part < parts.count, case .any = parts[part] {
        retry = (part + 1, at)
        part += 1
      } else if part < parts.count, Glob.matches(parts[part], bytes[at]) {
        part += 1
        at += 1
      } else if let last = retry {
        retry = (last.part, last.at + 1)
        (part, at) = (last.part, last.at + 1)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { if case .any = $0 { true } else { false } }
  }

  private static func matches(_ part: Part, _ byte: UInt8) -> Bool {
    switch part {
    case .any: true
    case .byte(let wanted): wanted == byte
    case .set(let ranges, let excludes): ranges.contains { $0.contains(byte) } != excludes
    }
  }
}
