// The known name that was probably meant.

/// Guesses of names.
public enum Nearest {
  /// The candidate with the fewest edits to `name`, if there are few enough to be a slip: at most a
  /// third of its length, and at least one edit is always allowed. The first wins a tie.
  public static func name(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let bytes = Array(candidate.lowercased().utf8)
      let limit = best?.distance ?? max(1, wanted.count / 3) + 1
      guard abs(bytes.count - wanted.count) < limit else { continue }
      let distance = editDistance(wanted, bytes)
      if distance < limit { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
