// Strings by id: equal strings have one id, and every string survives growth.

@testable import MMQ
import MMQTestSupport
import Testing

@Suite struct StringPoolTests {
  @Test func theEmptyStringIsZero() {
    let pool = StringPool()
    #expect(pool.count == 1)
    #expect(pool.intern("") == 0)
    #expect(pool.bytes(of: 0).isEmpty)
    #expect(pool.count == 1)
  }

  @Test func equalStringsAreOne() {
    let pool = StringPool()
    let a = pool.intern("kswapd0")
    #expect(pool.intern(Array("kswapd0".utf8)) == a)
    #expect(pool.intern("kswapd1") != a)
    #expect(pool.string(of: a) == "kswapd0")
  }

  @Test func anyBytesAreAString() {
    let pool = StringPool()
    let all = (0...255).map(UInt8.init)
    let id = pool.intern(all)
    #expect(Array(pool.bytes(of: id)) == all)
    #expect(pool.intern([0]) != pool.intern([0, 0]))
    #expect(pool.intern([0]) != 0)
  }

  @Test func anUnknownIdIsEmpty() {
    let pool = StringPool()
    #expect(pool.bytes(of: 1).isEmpty)
    #expect(pool.bytes(of: .max).isEmpty)
  }

  @Test func randomStringsAgainstADictionary() {
    var generator = SeededRandom(seed: 3)
    let pool = StringPool()
    var twin: [[UInt8]: UInt64] = [[]: 0]
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...12, using: &generator)
      let text = (0..<length).map { _ in UInt8.random(in: 97...100, using: &generator) }
      let id = pool.intern(text)
      guard twin[text, default: id] == id else {
        Issue.record("\(text) has two ids")
        return
      }
      twin[text] = id
    }
    #expect(pool.count == twin.count)
    #expect(Set(twin.values).count == twin.count)
    #expect(twin.allSatisfy { Array(pool.bytes(of: $0.value)) == $0.key })
  }

  @Test func longStrings() {
    let pool = StringPool()
    let lengths = [1, 5000, 70_000, 3]
    let ids = lengths.map { pool.intern(String(repeating: "x", count: $0)) }
    #expect(ids.map { pool.bytes(of: $0).count } == lengths)
  }
}
