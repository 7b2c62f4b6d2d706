// The hash table against a dictionary that does the same.

@testable import MMQ
import MMQTestSupport
import Testing

@Suite struct TableTests {
  /// A table and its slow twin, worked on alike.
  final class Pair {
    var table: Table
    var twin: [[UInt64]: [UInt64]] = [:]

    init(_ keyWords: Int, _ valueWords: Int) {
      table = Table(keyWords: keyWords, valueWords: valueWords)
    }

    func add(_ amount: UInt64, to key: [UInt64]) {
      guard let value = padded(key).withUnsafeBufferPointer({ table.findOrInsert($0.baseAddress!) })
      else { return }
      twin[key, default: zeros][0] &+= amount
      value[0] &+= amount
      if table.valueWords > 1 {
        value[table.valueWords - 1] = amount
        twin[key]![table.valueWords - 1] = amount
      }
    }

    func remove(_ key: [UInt64]) -> Bool {
      let wasThere = padded(key).withUnsafeBufferPointer { table.remove($0.baseAddress!) }
      return (twin.removeValue(forKey: key) != nil) == wasThere
    }

    /// As a block does that reads a key and then may remove it.
    func look(at key: [UInt64]) -> Bool {
      let found = padded(key).withUnsafeBufferPointer { table.findToRemove($0.baseAddress!) }
      return found?.pointee == twin[key]?[0]
    }

    func agrees(at key: [UInt64]) -> Bool {
      let found = padded(key).withUnsafeBufferPointer { table.find($0.baseAddress!) }
      return found.map { Array(UnsafeBufferPointer(start: $0, count: table.valueWords)) }
        == twin[key]
    }

    /// Every row of either is in the other.
    func agrees() -> Bool {
      guard table.keyCount == twin.count, table.count == twin.count else { return false }
      return (0..<table.count).allSatisfy { row in
        let key = Array(UnsafeBufferPointer(start: table.key(row), count: table.keyWords))
        let value = Array(UnsafeBufferPointer(start: table.value(row), count: table.valueWords))
        return twin[key] == value && agrees(at: key)
      }
    }

    private var zeros: [UInt64] { [UInt64](repeating: 0, count: table.valueWords) }

    /// A place in memory even for no words.
    private func padded(_ key: [UInt64]) -> [UInt64] { key + [0] }
  }

  /// Small numbers, large ones, and ones that differ only in their upper bits.
  static func key(_ words: Int, _ range: UInt64, _ generator: inout SeededRandom) -> [UInt64] {
    (0..<words).map { _ in
      let value = UInt64.random(in: 0..<range, using: &generator)
      switch UInt8.random(in: 0..<3, using: &generator) {
      case 0: return value
      case 1: return value << 48
      default: return ~value
      }
    }
  }

  @Test(arguments: [0, 1, 2, 3], [1, 2, 7])
  func randomOperations(_ keyWords: Int, _ valueWords: Int) {
    var generator = SeededRandom(seed: UInt64(keyWords * 10 + valueWords))
    let pair = Pair(keyWords, valueWords)
    for round in 0..<20_000 {
      // The range grows: first many hits and removals, then growth.
      let key = Self.key(keyWords, 4 + UInt64(round / 200), &generator)
      switch UInt8.random(in: 0..<10, using: &generator) {
      case 0..<6: pair.add(UInt64.random(in: 1...9, using: &generator), to: key)
      case 6..<8:
        let looksFirst = Bool.random(using: &generator)
        guard !looksFirst || pair.look(at: key), pair.remove(key) else {
          Issue.record("removal of \(key) in \(round)")
          return
        }
      default:
        guard pair.agrees(at: key) else {
          Issue.record("\(key) in \(round)")
          return
        }
      }
      if round % 4000 == 3999 { #expect(pair.agrees()) }
    }
    #expect(pair.agrees())
    for key in pair.twin.keys.shuffled(using: &generator) {
      guard pair.remove(key) else {
        Issue.record("\(key) cannot be removed")
        return
      }
    }
    #expect(pair.table.count == 0 && pair.agrees())
  }

  @Test func growthKeepsEveryRow() {
    let pair = Pair(1, 1)
    for key in 0..<50_000 as Range<UInt64> { pair.add(key + 1, to: [key &* 4096]) }
    #expect(pair.table.count == 50_000)
    #expect(pair.agrees())
    #expect(pair.agrees(at: [1]))
  }

  /// Rows of removed keys stay for keys that come back, with values of zero, and go before anybody walks over them.
  @Test func keysThatComeBack() {
    var generator = SeededRandom(seed: 9)
    let pair = Pair(1, 2)
    var sawGhosts = false
    for round in 0..<40_000 {
      let key = [UInt64.random(in: 0..<2000, using: &generator)]
      if Bool.random(using: &generator) {
        pair.add(UInt64.random(in: 1...9, using: &generator), to: key)
      } else {
        guard pair.remove(key), pair.agrees(at: key), pair.remove(key) else {
          Issue.record("removal of \(key) in \(round)")
          return
        }
      }
      sawGhosts = sawGhosts || pair.table.ghosts > 0
      let isBounded = pair.table.ghosts <= max(pair.table.keyCount, 256)
      guard isBounded, pair.table.keyCount == pair.twin.count, round % 1777 != 0 || pair.agrees()
      else {
        Issue.record("round \(round)")
        return
      }
    }
    #expect(sawGhosts && pair.agrees())
    let isSettled = pair.table.ghosts == 0
    #expect(isSettled)
  }

  /// Keys that never come back take no more room than those that are there.
  @Test func keysThatDoNotComeBack() {
    let pair = Pair(1, 1)
    for key in 0..<200_000 as Range<UInt64> {
      pair.add(1, to: [key &* 64])
      guard key < 10 || pair.remove([(key - 10) &* 64]) else {
        Issue.record("removal before \(key)")
        return
      }
    }
    #expect(pair.agrees())
    let slots = pair.table.mask + 1
    #expect(slots <= 2048)
  }

  /// A key that was looked at is removed as any other one, wherever its entry is by then.
  @Test func removalsOfKeysThatWereLookedAt() {
    var generator = SeededRandom(seed: 8)
    let pair = Pair(1, 1)
    for round in 0..<60_000 {
      let key = [UInt64.random(in: 0..<(round < 30_000 ? 40_000 : 30), using: &generator)]
      pair.add(1, to: key)
      guard round % 3 == 0 else { continue }
      let isSame = pair.look(at: key)
      // Something else may come between.
      let other = [key[0] &+ UInt64.random(in: 0..<3, using: &generator)]
      if round % 2 == 0 { pair.add(1, to: [other[0] &+ 50_000]) }
      guard isSame, pair.remove(other), pair.remove(key), pair.remove(key) else {
        Issue.record("removal of \(key) in \(round)")
        return
      }
    }
    let isLarge = pair.table.isLarge
    #expect(isLarge)
    #expect(pair.agrees())
  }

  @Test func clearForgetsAndZeroKeepsKeys() {
    let pair = Pair(2, 2)
    for key in 0..<100 as Range<UInt64> { pair.add(5, to: [key, key * 3]) }
    pair.table.zero()
    for key in pair.twin.keys { pair.twin[key] = [0, 0] }
    #expect(pair.agrees() && pair.table.count == 100)
    pair.table.clear()
    pair.twin = [:]
    #expect(pair.agrees() && pair.table.count == 0)
    pair.add(1, to: [7, 7])
    #expect(pair.agrees())
  }

  @Test func aTableWithoutKeysHasOneRow() {
    let pair = Pair(0, 3)
    #expect(pair.agrees(at: []))
    pair.add(4, to: [])
    pair.add(4, to: [])
    #expect(pair.table.count == 1 && pair.agrees())
    let isRemoved = pair.remove([])
    #expect(isRemoved && pair.table.count == 0)
    let isRemovedAgain = pair.remove([])
    #expect(isRemovedAgain && pair.table.count == 0)
    pair.add(2, to: [])
    #expect(pair.agrees())
  }

  /// Keys that all start in one slot make a long chain; removals in its middle must not cut it.
  @Test func removalsInsideAChain() {
    var generator = SeededRandom(seed: 5)
    for _ in 0..<300 {
      let pair = Pair(1, 1)
      // The index takes the top bits of the product, so keys that are multiples of its inverse
      // land side by side.
      let keys = (0..<11).map { UInt64($0) &* 0xf1de_83e1_9937_733d }
      for key in keys.shuffled(using: &generator) { pair.add(1, to: [key]) }
      for key in keys.shuffled(using: &generator).prefix(6) {
        let isRemoved = pair.remove([key])
        #expect(isRemoved)
      }
      #expect(pair.agrees() && keys.allSatisfy { pair.agrees(at: [$0]) })
    }
  }

  /// The index of a small table goes on at its start behind its end: keys there stay found.
  @Test(arguments: [7, 15, 31, 63, 127, 255])
  func removalsOverTheEndOfTheIndex(_ size: Int) {
    var generator = SeededRandom(seed: UInt64(size))
    for _ in 0..<100 {
      let pair = Pair(1, 1)
      let keys = (0..<size).map { _ in UInt64.random(in: 0...(.max), using: &generator) }
      for key in keys { pair.add(1, to: [key]) }
      for key in keys.prefix(size / 2) { #expect(pair.remove([key])) }
      #expect(keys.allSatisfy { pair.agrees(at: [$0]) })
    }
  }

  /// A chain that is longer than the entries of the index can tell, amid other keys.
  @Test func removalsFarFromHome() {
    var generator = SeededRandom(seed: 6)
    let pair = Pair(1, 1)
    let chain = (0..<1500).map { UInt64($0) &* 0xf1de_83e1_9937_733d }
    let others = (0..<500).map { _ in UInt64.random(in: 0...(.max), using: &generator) }
    for round in 0..<3 {
      for key in (chain + others).shuffled(using: &generator) { pair.add(1, to: [key]) }
      let gone = (chain + others).shuffled(using: &generator).prefix(700 * (round + 1))
      #expect(gone.allSatisfy { pair.remove([$0]) })
      #expect(pair.agrees() && gone.allSatisfy { pair.agrees(at: [$0]) })
    }
  }
}
