// Which keys of maps are known before a block runs.

@testable import MMQ
import MMQLanguage
import Testing

@Suite struct RecordKeyTests {
  /// A block with a map of a one-word key, number 0, and one of two words, number 1.
  private static func keys(_ instructions: Instruction...) -> [RecordKey] {
    var code = Code()
    code.instructions = instructions
    code.registers = 4
    code.maps = [
      MapShape(name: "x", key: .int64, content: .plain(.int64)),
      MapShape(name: "y", key: .tuple([.int64, .int64]), content: .plain(.int64)),
    ]
    return code.recordKeys(
      of: Code.Block(name: "b", entry: 0, end: instructions.count, minimumEventSize: 16))
  }

  @Test func loadsOfNumbersAreKeys() {
    #expect(
      Self.keys(
        Instruction(.load64, 1, 8), Instruction(.mapLoad, 0, 0, 1),
        Instruction(.mapDelete, 2, 0, 1),
        Instruction(.loadI32, 3, 4), Instruction(.count, 0, 0, 3), Instruction(.end))
        == [
          RecordKey(map: 0, offset: 8, bits: 64, isSigned: false),
          RecordKey(map: 0, offset: 4, bits: 32, isSigned: true),
        ])
  }

  @Test func whatElseIsDoneToANumberIsNoKey() {
    #expect(
      Self.keys(
        Instruction(.load64, 1, 8), Instruction(.add, 1, 1, 1), Instruction(.mapHas, 0, 0, 1),
        Instruction(.loadString, 2, 8, 4), Instruction(.mapHas, 0, 0, 2),
        Instruction(.load64, 0, 8), Instruction(.mapHas, 0, 0, 0), Instruction(.mapHas, 1, 0, 0),
        Instruction(.end)) == [RecordKey(map: 0, offset: 8, bits: 64, isSigned: false)])
    #expect(
      Self.keys(
        Instruction(.load64, 1, 8), Instruction(.load64, 2, 16), Instruction(.mapHas, 0, 1, 1),
        Instruction(.end)) == [])
  }
}
