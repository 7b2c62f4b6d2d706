// Functions that a host adds: checker, completion and machine know them as their own.

import MMQ
import Testing

@Suite struct HostFunctionTests {
  private struct Problem: Error, CustomStringConvertible {
    var description: String { "no such zone" }
  }

  private static func functions() throws -> [Builtin] {
    [
      try .host("half(int64 number) -> int64", "half of a number", isPure: true) {
        .integer($0.integer(0) / 2)
      },
      try .host("shout(string text, int64 times) -> string", "text in capitals") { arguments in
        .string(
          String(repeating: arguments.string(0).uppercased(), count: Int(arguments.integer(1))))
      },
      try .host("zone(uint64) -> string", "fails") { _ in throw Problem() },
      try .host("is_odd(uint64 number) -> bool", "whether it is odd") {
        .bool($0.unsigned(0) % 2 == 1)
      },
      try .host("length(bytes data) -> uint64", "how many bytes") {
        .unsigned(UInt64($0.bytes(0).count))
      },
      try .host("ping()", "does nothing") { _ in .none },
    ]
  }

  @Test func theyRunLikeTheLanguagesOwn() throws {
    let run = try HostRun(
      """
      app:request {
        ping();
        @[shout(args.route, 2), is_odd(args.bytes)] = sum(half(args.bytes));
        print((half(-9), length("abc")));
      }
      """, builtins: try Self.functions())
    run.push(9, route: "a", at: 1)
    run.push(20, route: "a", at: 2)
    _ = try run.session.step()
    _ = try run.session.finish()
    #expect(run.output.lines == ["(-4, 3)", "(-4, 3)", "@[AA, true]: 4", "@[AA, false]: 10"])
  }

  @Test func theirErrorsEndTheRunWithTheirLine() throws {
    let run = try HostRun(
      "app:request {\n  @ = 1;\n  @z = zone(args.bytes);\n  @ = 2; }",
      builtins: try Self.functions())
    run.push(1, at: 1)
    #expect(try run.session.step() == .ended)
    let error = try #require(try run.session.finish().failure)
    #expect(error.kind == .function("zone(): no such zone") && error.line == 3)
    #expect(error.description == "test:3:8: ERROR: zone(): no such zone; stopped")
    #expect(run.output.lines == ["@: 1"])
  }

  @Test func checkerAndCompletionKnowThem() throws {
    let source = HostSource()
    var target = Target(source)
    target.builtins += try Self.functions()
    func ids(_ text: String) -> [String] {
      Script(Source(name: "test", text), for: target).diagnostics.map(\.id)
    }
    #expect(ids("begin { print(half(1)); }") == [])
    #expect(ids("begin { print(half(\"x\")); }") == ["wrong-type"])
    #expect(!ids("begin { print(half()); }").isEmpty)
    #expect(!ids("begin { print(half(1, 2)); }").isEmpty)
    let words = Completion(of: "begin { sho", at: 11, for: target).candidates
    #expect(
      words == [
        Completion.Candidate(
          "shout(", type: "shout(string text, int64 times) -> string", help: "text in capitals")
      ])
    // Without them it is unknown.
    #expect(
      !Script(Source(name: "test", "begin { print(half(1)); }"), for: Target(source)).diagnostics
        .isEmpty)
  }

  @Test(arguments: [
    "half", "half(", "1a(int64)", "a b(int64)", "f(int)", "f(int64,)", "f() -> float", "f() int64",
    "()", "f(int64)->", "",
  ])
  func badSignatures(_ signature: String) {
    #expect(throws: SignatureError.self) { try Builtin.host(signature, "") { _ in .none } }
  }
}
