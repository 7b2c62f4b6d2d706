// Wildcards.

import MMQ
import MMQTestSupport
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true), ("a", "a", true),
    ("a", "b", false), ("a*", "a", true), ("a*", "abc", true), ("a*", "ba", false),
    ("*a", "bca", true), ("*a", "ab", false), ("a*b*c", "axxbyyc", true), ("a*b*c", "ab", false),
    ("mm_*_begin", "mm_compaction_begin", true), ("**", "x", true), ("a**b", "ab", true),
    ("*ab", "aab", true), ("*aab", "aaab", true), ("?", "a", false), ("?", "?", true),
    (".", "a", false), ("\\*", "\\x", true),
    ("[abc]", "b", true), ("[abc]", "d", false), ("[a-c]x", "cx", true), ("[a-c]", "-", false),
    ("[!a-c]", "d", true), ("[^a-c]", "b", false), ("[a-]", "-", true), ("[]]", "]", true),
    ("[", "[", true), ("a[b", "a[b", true), ("[]", "[]", true), ("[c-a]", "b", false),
    ("sys_[er]*", "sys_enter_kill", true), ("*[0-9]", "cpu7", true), ("*[0-9]", "cpu", false),
  ])
  func matching(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(Glob(pattern).matches(text) == matches)
  }

  @Test func patterns() {
    #expect(Glob.isPattern("a*") && Glob.isPattern("[ab]"))
    #expect(!Glob.isPattern("a?b") && !Glob.isPattern(""))
  }

  /// Without backtracking into earlier stars this takes no time; with it, longer than the universe.
  @Test(.timeLimit(.minutes(1)))
  func manyStarsAreNoTrap() {
    let pattern = Glob(String(repeating: "a*", count: 60) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 5000)))
  }

  @Test func againstASlowTwin() {
    func slow(_ pattern: Substring, _ text: Substring) -> Bool {
      guard let first = pattern.first else { return text.isEmpty }
      if first == "*" {
        return slow(pattern.dropFirst(), text)
          || (!text.isEmpty && slow(pattern, text.dropFirst()))
      }
      return text.first == first && slow(pattern.dropFirst(), text.dropFirst())
    }
    var generator = SeededRandom(seed: 9)
    for _ in 0..<3000 {
      func random(_ alphabet: String, _ limit: Int) -> String {
        let count = Int.random(in: 0...limit, using: &generator)
        return String((0..<count).compactMap { _ in alphabet.randomElement(using: &generator) })
      }
      let pattern = random("ab*", 7)
      let text = random("ab", 9)
      #expect(Glob(pattern).matches(text) == slow(pattern[...], text[...]), "\(pattern) \(text)")
    }
  }
}
