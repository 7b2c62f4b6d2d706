// Functions that print, and those that reach out to the machine.

import Foundation
import MMQ
import Testing

struct OutputBuiltinTests {
  @Test func messagesHaveTheirPlace() throws {
    let run = try Run("begin { errorf(\"bad: %d\\n\", 10);\n  warnf(\"x%sy\", \"\\x1b\"); }")
    #expect(
      run.messages == ["test:1:9-32: ERROR: bad: 10", "test:2:3-24: WARNING: x\\x1by"])
    #expect(run.output == "")
  }

  @Test func messagesAreJSONObjects() throws {
    let run = try Run("begin { errorf(\"a\\\"b\"); warnf(\"w\"); }", json: true)
    let lines = run.output.split(separator: "\n").dropFirst()
    #expect(
      Array(lines) == [
        #"{"type": "errorf", "msg": "a\"b", "filename": "test", "line": 1, "col": 9}"#,
        #"{"type": "warnf", "msg": "w", "filename": "test", "line": 1, "col": 25}"#,
      ])
  }

  @Test func warningsCanBeSilent() throws {
    let run = try Run("begin { warnf(\"w\"); errorf(\"e\"); }") { $0.showsWarnings = false }
    #expect(run.messages == ["test:1:21-32: ERROR: e"])
  }

  @Test func assertEndsTheProgram() throws {
    let run = try Run("begin { assert(1 == 2, \"no\"); print(1); }")
    #expect(run.messages == ["test:1:9-29: ERROR: assert failed: no"])
    #expect(run.output == "")
    #expect(run.exitCode == 1)
  }

  @Test func systemNeedsToBeAllowed() throws {
    #expect(try Run("begin { system(\"true\"); }").ids == ["unsafe"])
    let program = "begin { printf(\"a\\n\"); system(\"echo %s %d\", \"x\", 2); printf(\"b\\n\"); }"
    #expect(try Run(program) { $0.allowsCommands = true }.output == "a\nx 2\nb")
    let json = try Run("begin { system(\"echo hi\"); }", json: true) { $0.allowsCommands = true }
    #expect(json.output.hasSuffix(#"{"type": "syscall", "data": "hi\n"}"#))
  }

  @Test func catPrintsAFileUpToTheLimit() throws {
    let path = NSTemporaryDirectory() + "mmq-cat-\(UUID().uuidString)"
    defer { unlink(path) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data("hello\n".utf8)))
    #expect(try Run("begin { cat(\"%s\", \"\(path)\"); }").output == "hello")
    let cut = try Run("config = { max_cat_bytes = 2 } begin { cat(\"\(path)\"); }")
    #expect(cut.output == "he")
    #expect(cut.warnings == ["WARNING: cat() cut 1 file (config max_cat_bytes)"])
    let exact = try Run("config = { max_cat_bytes = 6 } begin { cat(\"\(path)\"); }")
    #expect(exact.output == "hello")
    #expect(exact.warnings == [])
    let missing = try Run("begin { cat(\"/nope/x\"); print(1); }")
    #expect(
      missing.messages == ["ERROR: failed to open file '/nope/x' (No such file or directory)"])
    #expect(missing.output == "1")
  }

  @Test(arguments: [
    ("%l %f %k", "123 123456 123456789"), ("%s.%f", "7.123456"), ("%H:%M:%S", "00:00:07"),
    ("100%", "100%"), ("%%f", "%f"),
  ])
  func strftimeHasPartsOfTheSecond(_ format: String, _ output: String) throws {
    let run = try Run("begin { print(strftime(\"\(format)\", 7123456789)); }")
    #expect(run.output == output)
    #expect(run.warnings.count == 1)
  }

  @Test func printfPrintsFlagsAndBuffers() throws {
    let own = try Run("net:packet { printf(\"%gr|%5gr|%d\", args.gfp_flags, 0, 1); exit(); }")
    #expect(own.output == "GFP_ONE|GFP_TWO|    0|1")
    // A number without names takes those of the source's events.
    #expect(try Run("begin { printf(\"%gr\", 9); }").output == "GFP_ONE|0x8")
    let bytes = try Run(
      "begin { printf(\"%r|%6r|%rx|%rh|\", \(String(repeating: "buf(\"a\\n\", 2), ", count: 3))buf(\"a\\n\", 2)); }"
    )
    #expect(bytes.output == "a\\x0a| a\\x0a|\\x61\\x0a|61 0a|")
  }

  @Test(arguments: [
    ("printf(\"%r\", \"a\")", "printf-type"), ("printf(\"%gr\", \"a\")", "printf-type"),
    ("printf(\"%d\", buf(\"a\", 1))", "printf-type"), ("printf(\"%d\")", "printf-count"),
    ("errorf(\"%s\")", "printf-count"), ("cat(\"x\", 1)", "printf-count"),
    ("printf(comm * 2)", "wrong-type"), ("$f = 5; printf($f)", "not-literal"),
    ("join(5)", "wrong-type"),
  ])
  func argumentsMustFit(_ call: String, _ id: String) throws {
    #expect(try Run("begin { \(call); }").ids == [id])
  }

  @Test func joinPrintsParts() throws {
    #expect(try Run("begin { join((\"a\", \"b\")); }").output == "a b")
    #expect(try Run("net:packet { join(args.address); }").ids == ["memory-pointer"])
  }
}
