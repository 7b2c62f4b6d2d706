// The verifier refuses every kind of broken code; the compiler's own code passes.

@testable import MMQ
import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct VerifyTests {
  /// One block of these instructions, with 4 registers, 2 constants, one map of a two-word key and
  /// a one-word value, one histogram, and a function of two words that gives one.
  static func code(_ instructions: Instruction..., minimumSize: Int = 16) -> Code {
    var code = Code()
    code.instructions = instructions
    code.spans = instructions.map { _ in Span(0, 0) }
    code.constants = [5, 6]
    code.registers = 4
    code.maps = [
      MapShape(name: "x", key: .tuple([.int64, .int64]), content: .plain(.int64)),
      MapShape(name: "h", key: nil, content: .plain(.tuple([.int64, .int64, .int64]))),
    ]
    code.functions = [
      HostFunction(name: "f", argumentWords: 2, resultWords: 1) { _, _, _ in }
    ]
    code.blocks = [
      Code.Block(name: "b", entry: 0, end: instructions.count, minimumEventSize: minimumSize)
    ]
    return code
  }

  static func jump(_ opcode: Opcode, _ label: Int, _ register: Int = 0) -> Instruction {
    var instruction = Instruction(opcode, register)
    instruction.label = label
    return instruction
  }

  static let end = Instruction(.end)

  @Test func goodCodePasses() {
    let code = Self.code(
      Instruction(.add, 0, -1, -2), Instruction(.move, 3, 0), Self.jump(.jumpIfZero, 4, 3),
      Instruction(.mapAdd, 1, 0, 2), Instruction(.load64, 2, 8), Instruction(.call, 3, 0, 2),
      Instruction(.mapLoad, 1, 1, 0), Self.jump(.loop, 0), Self.end)
    #expect(code.verify() == nil)
  }

  @Test(arguments: [
    Instruction(.add, 4, 0, 0), Instruction(.add, 0, 4, 0), Instruction(.add, 0, 0, 4),
    Instruction(.add, -1, 0, 0), Instruction(.add, 0, -3, 0), Instruction(.add, 0, 0, -3),
    Instruction(.move, 0, 32767), Instruction(.move, -32768, 0), Instruction(.time, 4),
    Instruction(.time, -1), Instruction(.comm, 0, 9),
  ])
  func badRegisters(_ instruction: Instruction) {
    #expect(Self.code(instruction, Self.end).verify() != nil)
  }

  @Test func badMaps() {
    #expect(
      Self.code(Instruction(.count, 0, 2, 0), Self.end).verify()?.contains("no map 2") == true)
    #expect(Self.code(Instruction(.mapLoad, 0, 65535, 0), Self.end).verify() != nil)
    // A key of two words at the last register; at a constant.
    #expect(Self.code(Instruction(.mapHas, 0, 0, 3), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.mapHas, 0, 0, -1), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.mapHas, 0, 0, 2), Self.end).verify() == nil)
    // A value of three words that does not fit.
    #expect(Self.code(Instruction(.mapLoad, 2, 1, 0), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.mapStore, 2, 1, 0), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.mapStore, 1, 1, 0), Self.end).verify() == nil)
    #expect(Self.code(Instruction(.mapAdd, -1, 0, 0), Self.end).verify() != nil)
  }

  @Test func badFunctions() {
    #expect(
      Self.code(Instruction(.call, 0, 1, 0), Self.end).verify()?.contains("no function") == true)
    // Two arguments from the last register; a result into a constant.
    #expect(Self.code(Instruction(.call, 0, 0, 3), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.call, -1, 0, 0), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.call, 4, 0, 0), Self.end).verify() != nil)
    #expect(Self.code(Instruction(.call, 3, 0, 2), Self.end).verify() == nil)
  }

  @Test func badJumps() {
    let out = Self.code(Self.jump(.jump, 2), Self.end).verify()
    #expect(out?.contains("out of its block") == true)
    #expect(Self.code(Self.jump(.jump, 70_000), Self.end).verify() != nil)
    let back = Self.code(Instruction(.time, 0), Self.jump(.jump, 0), Self.end).verify()
    #expect(back?.contains("wrong way") == true)
    #expect(Self.code(Self.jump(.jump, 0), Self.end).verify() != nil, "a jump to itself")
    #expect(Self.code(Self.jump(.jumpIfZero, 0), Self.end).verify() != nil)
    #expect(Self.code(Self.jump(.jumpIfNotZero, 0), Self.end).verify() != nil)
    #expect(Self.code(Self.jump(.loop, 1), Self.end).verify() != nil, "a loop goes back")
    #expect(Self.code(Self.jump(.loop, 0), Self.end).verify() == nil)
    #expect(Self.code(Self.jump(.jumpIfZero, 1, 9), Self.end).verify() != nil, "a bad register")
  }

  @Test func jumpsStayInTheirOwnBlock() {
    var code = Self.code(Self.jump(.jump, 3), Self.end, Instruction(.time, 0), Self.end)
    #expect(code.verify() == nil)
    code.blocks = [
      Code.Block(name: "a", entry: 0, end: 2, minimumEventSize: 0),
      Code.Block(name: "b", entry: 2, end: 4, minimumEventSize: 0),
    ]
    #expect(code.verify()?.contains("out of its block") == true)
  }

  @Test(arguments: [
    (Opcode.loadU8, 1), (.loadI8, 1), (.loadU16, 2), (.loadI16, 2), (.loadU32, 4), (.loadI32, 4),
    (.load64, 8), (.loadDynamic, 4), (.loadString, 0), (.loadTail, 0),
  ])
  func readsPastTheCheckedSize(_ opcode: Opcode, _ size: Int) {
    #expect(Self.code(Instruction(opcode, 0, 16 - size), Self.end).verify() == nil)
    let problem = Self.code(Instruction(opcode, 0, 17 - size), Self.end).verify()
    #expect(problem?.contains("past the record") == true)
    #expect(Self.code(Instruction(opcode, 0, 65535), Self.end).verify() != nil)
  }

  @Test func badBlocks() {
    #expect(Self.code(Instruction(.time, 0)).verify()?.contains("runs on") == true)
    #expect(Self.code().verify() != nil)
    var code = Self.code(Self.end)
    code.blocks[0].end = 2
    #expect(code.verify() != nil)
    code.blocks[0].end = 1
    code.blocks[0].entry = -1
    #expect(code.verify() != nil)
    code = Self.code(Self.end)
    code.spans = []
    #expect(code.verify() != nil)
  }

  @Test func whatTheCompilerMakesPasses() throws {
    let text = """
      begin { $i = 0; while $i < 5 { $i++; if $i == 3 { continue } @x[$i, "a"] = $i; } }
      made:value /args.u8 > 1 || args.s8 < 0/ { @h[comm, args.state] = hist(args.s64); $x = 1;
        @[args.text, args.name, (uint8)args.u64] = lhist(args.u16, 0, 10, 1); delete(@x[1, "b"]); }
      made:t* { printf("%d %s %.3f\\n", args.number, probe, args.number / 3); @m = max(nsecs); }
      end { if len(@x) > 2 && has_key(@x, (1, "a")) { print(@x); } else { clear(@x); return; } }
      """
    let script = Script(Source(name: "test", text), for: MadeTarget.target)
    #expect(script.diagnostics.isEmpty, "\(script.diagnostics)")
    let code = try Compiler.compile(script.program, script.target, StringPool()).get()
    #expect(code.verify() == nil)
    #expect(code.blocks.count == 4)
    let listing = try script.disassembly()
    #expect(listing.split(separator: "\n").count == code.instructions.count + code.blocks.count)
  }
}
