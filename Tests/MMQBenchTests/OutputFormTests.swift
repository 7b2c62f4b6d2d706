// Output of mmq becomes that of the floors.

import Foundation
import Testing

@testable import mmq_bench

@Suite struct OutputFormTests {
  @Test func countsBecomeLines() {
    let text = "\n\n@[2]: 1\n@[1]: 478\n@[0]: 17307\n"
    #expect(OutputForm.lines(ofMaps: text, 1) == ["0 17307", "1 478", "2 1"])
  }

  @Test func addressesBecomeHex() {
    #expect(
      OutputForm.lines(ofMaps: "@[18446744071932686891]: 5320\n", 2) == ["ffffffff9617322b 5320"])
  }

  @Test func namesMayHaveBracketsAndColons() {
    let text = "@[a]: b]: 3\n@[load [x]]: 4\n"
    #expect(OutputForm.lines(ofMaps: text, 4) == ["a]: b 3", "load [x] 4"])
  }

  @Test func bucketsAreNumberedAsTheFloorsDo() {
    let text = """

      @life:
      (..., 0)               9 |@@@@@@@@@@                                          |
      [0]                    8 |@@@@@@@@@                                           |
      [1]                    7 |@@@@@@@@                                            |
      [2, 4)                 6 |@@@@@@@                                             |
      [4, 8)                 0 |                                                    |
      [512, 1K)              5 |@@@@@                                               |
      [1M, 2M)              11 |@@@@@@@@@@@                                         |
      [4G, 8G)               1 |@                                                   |

      """
    #expect(
      OutputForm.lines(ofMaps: text, 3) == ["0 9", "1 8", "11 5", "2 7", "22 11", "3 6", "34 1"])
  }

  @Test func histogramsOfSeveralKeys() {
    let text = """
      @[18446744071932686891, 4096]:
      [4K, 8K)            5320 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

      @[16, 8]:
      [8, 16)                1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
      """
    #expect(
      OutputForm.lines(ofMaps: text, 5) == ["10 8 5 1", "ffffffff9617322b 4096 14 5320"])
  }

  @Test func whatIsNoMapStays() {
    #expect(OutputForm.lines(ofMaps: "@[0]: 1\nsomething else\n", 1) == ["0 1", "something else"])
  }

  @Test func emptyLinesAroundPrintedOnesGo() {
    let bytes = OutputForm.printed(Data("\na 1\n\nb 2\n\n".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == "a 1\n\nb 2")
    #expect(OutputForm.printed(Data("\n\n".utf8)).isEmpty)
  }

  @Test func totals() {
    #expect(OutputForm.total(["0 17307", "ffff 3"], 1) == 17310)
    #expect(OutputForm.total(["cat 153 23008 1", "cat 153 22929 0"], 6) == 2)
  }

  @Test func resultsAreCompared() {
    let floor = Data("0 2\n1 3\n".utf8)
    #expect(ResultCheck.isSame(Data("\n@[1]: 3\n@[0]: 2\n".utf8), floor, 1))
    #expect(!ResultCheck.isSame(Data("\n@[1]: 3\n@[0]: 1\n".utf8), floor, 1))
    #expect(!ResultCheck.isSame(Data("\n@[1]: 3\n".utf8), floor, 1))
    #expect(ResultCheck.isSame(Data("a 1 2 0\n\n".utf8), Data("a 1 2 0\n".utf8), 6))
    #expect(!ResultCheck.isSame(Data("b\na\n".utf8), Data("a\nb\n".utf8), 6))
  }
}
