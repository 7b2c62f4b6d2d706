// The name that was probably meant.

@testable import MMQLanguage
import Testing

@Suite struct NearestTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kmalloc", "kmalloc", 0), ("kmaloc", "kmalloc", 1),
    ("kmallco", "kmalloc", 1), ("hist", "lhist", 1), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ("abcd", "badc", 2), ("ca", "abc", 3),
  ])
  func distances(_ a: String, _ b: String, _ distance: Int) {
    #expect(Nearest.editDistance(Array(a.utf8), Array(b.utf8)) == distance)
    #expect(Nearest.editDistance(Array(b.utf8), Array(a.utf8)) == distance)
  }

  @Test func aSlipIsFound() {
    let names = ["begin", "end", "interval", "tracepoint"]
    #expect(Nearest.name(to: "tracepiont", among: names) == "tracepoint")
    #expect(Nearest.name(to: "TRACEPOINT", among: names) == "tracepoint")
    #expect(Nearest.name(to: "ned", among: names) == "end")
    #expect(Nearest.name(to: "intrvl", among: names) == "interval")
  }

  @Test func aThirdOfTheLengthIsTheLimit() {
    #expect(Nearest.name(to: "abcdef", among: ["abcdxy"]) == "abcdxy")
    #expect(Nearest.name(to: "abcdef", among: ["abcxyz"]) == nil)
    #expect(Nearest.name(to: "a", among: ["b"]) == "b")
    #expect(Nearest.name(to: "a", among: ["xyz"]) == nil)
    #expect(Nearest.name(to: "x", among: [String]()) == nil)
  }

  @Test func theFirstWinsATieAndTheNearestWinsOverall() {
    #expect(Nearest.name(to: "abcx", among: ["abcd", "abce"]) == "abcd")
    #expect(Nearest.name(to: "abcdeg", among: ["abcxeh", "abcdef"]) == "abcdef")
  }
}
