// Sessions on a terminal: the editor, signals and the history.

import Foundation
import MMQTestSupport
import Testing

@Suite struct TerminalTests {
  private static let trace = Places.package + "/Examples/traces/reclaim.dat"

  private func session(_ environment: [String: String] = [:]) throws -> Terminal {
    let terminal = try Terminal(
      ["repl", "-i", TerminalTests.trace], environment: environment)
    try terminal.expect("mmq> ")
    return terminal
  }

  @Test func aQuestionOfSeveralLinesIsRunWhenItIsWhole() throws {
    let terminal = try session()
    terminal.enter("compaction:mm_compaction_end {")
    try terminal.expect("...> ")
    terminal.enter("  @[args.status] = count();")
    try terminal.expect("...> ")
    terminal.enter("}")
    try terminal.expect("@[success]: ")
    try terminal.expect(" records)")
    try terminal.expect("mmq> ")
  }

  @Test func longListingsArePagedAndErrorsHaveColours() throws {
    let input = ["-i", TerminalTests.trace]
    let list = try Terminal(["list", "-v"] + input, environment: ["MMQ_PAGER": "sed s/^/page:/"])
    try list.expect("page:tracepoint:compaction:")
    #expect(try list.end() == 0 && list.colors == 0)
    let short = try Terminal(
      ["list", "oom:mark_victim"] + input, environment: ["MMQ_PAGER": "sed s/^/page:/"])
    #expect(try short.expect("tracepoint:oom:mark_victim\n") == "")
    for (environment, colors) in [
      ([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false),
    ] {
      let wrong = try Terminal(["check", "-e", "foo { }"] + input, environment: environment)
      try wrong.expect("ERROR: 'foo' is no probe\nfoo { }\n~~~\nHINT: ")
      #expect(try wrong.end() == 2 && (wrong.colors > 0) == colors)
    }
  }

  @Test func controlDLeavesWith0AndControlCClearsTheLine() throws {
    let terminal = try session()
    terminal.type("1 + 1\u{3}")
    try terminal.expect("^C")
    try terminal.expect("mmq> ")
    terminal.enter("kmem:mm_page_alloc {")
    try terminal.expect("...> ")
    terminal.type("\u{3}")
    try terminal.expect("mmq> ")
    terminal.enter("2 + 3")
    try terminal.expect("\n5\n")
    try terminal.expect("mmq> ")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  @Test func aWrongProgramComesBackWithTheUpKey() throws {
    let terminal = try session()
    terminal.enter("kmem:mm_page_alloc { @[args.ordr] = count() }")
    try terminal.expect("did you mean 'order'?")
    try terminal.expect("mmq> ")
    // Up, then left to behind `ord`.
    terminal.type("\u{1b}[A" + String(repeating: "\u{1b}[D", count: "r] = count() }".count) + "e\r")
    try terminal.expect("@[1]: 166")
    try terminal.expect("mmq> ")
  }

  @Test func mapsStayForTheNextQuestion() throws {
    let terminal = try session()
    terminal.enter("kmem:mm_page_alloc { @x[args.order] = count() }")
    try terminal.expect("@x[0]: 336898")
    try terminal.expect("mmq> ")
    terminal.enter("@x[3]")
    try terminal.expect("\n5\n")
    terminal.enter("kmem:mm_page_alloc /@x[args.order] < 5/ { @rare[args.order] = count() }")
    try terminal.expect("@rare[2]: 3\n(")
    terminal.enter(".print @x 1")
    try terminal.expect("\n@x[0]: 336898\n")
  }

  @Test func aBareEventShowsTwentyAndAsks() throws {
    let terminal = try session()
    terminal.enter("kmem:mm_page_alloc")
    let first = try terminal.expect("-- more? (Enter or q) ")
    #expect(first.components(separatedBy: "mm_page_alloc: ").count - 1 == 20)
    terminal.type("\r")
    let second = try terminal.expect("-- more? (Enter or q) ")
    #expect(second.components(separatedBy: "mm_page_alloc: ").count - 1 == 20)
    #expect(!second.contains("5.456393"), "the next ones, not the same")
    terminal.type("q")
    try terminal.expect("mmq> ")
    terminal.enter("6 * 7")
    try terminal.expect("\n42\n")
  }

  /// What somebody thinks about is no time of the run, and no bar goes over the question.
  @Test func theTimeStandsStillWhileSomebodyIsAsked() throws {
    let terminal = try session()
    terminal.enter("kmem:mm_page_alloc")
    for _ in 0..<2 {
      try terminal.expect("-- more? (Enter or q) ")
      sleep(3)
      terminal.type("\r")
    }
    let shown = try terminal.expect("-- more? (Enter or q) ")
    #expect(!shown.contains("million events"), "\(shown)")
    terminal.type("q")
    try terminal.expect("\n(")
    let time = try terminal.expect(" s, ")
    #expect((Double(time) ?? 100) < 4, "\(time)")
  }

  @Test func theHistoryIsThatOfAllSessions() throws {
    let file = TemporaryPath()
    let first = try session(["MMQ_HISTORY": file.path])
    first.enter("1 + 2")
    try first.expect("\n3\n")
    first.enter("kmem:mm_page_alloc {")
    first.enter("  @ = count() }")
    try first.expect("@: 337072")
    first.enter("1 + 2")
    try first.expect("\n3\n")
    first.enter(".quit")
    #expect(try first.end() == 0)
    var status = stat()
    #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o600)

    let second = try session(["MMQ_HISTORY": file.path])
    // Above .quit and the last question, which is there once.
    second.type("\u{1b}[A\u{1b}[A\u{1b}[A\r")
    try second.expect("@: 337072")
    second.enter(".history")
    try second.expect("kmem:mm_page_alloc {\n  @ = count() }")
    try second.expect("mmq> ")
    second.type("\u{4}")
    #expect(try second.end() == 0)
    let lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { $0 == "1 + 2" } == 1)
  }

  @Test func fiveHundredPastedLinesAreAllAsked() throws {
    let terminal = try session()
    let text = (1...500).map { "\($0) * 1000 + 7" }.joined(separator: "\n")
    terminal.paste(text)
    terminal.type("\r")
    try terminal.expect("\n1007\n")
    try terminal.expect("\n250007\n")
    try terminal.expect("\n500007\n")
    try terminal.expect("mmq> ")
  }

  /// While an answer is printed the terminal itself shows what is typed, in the middle of it.
  @Test func typedAheadLinesAreAllAsked() throws {
    let terminal = try session(["PAGER": "cat"])
    terminal.type((1...500).map { "\($0) * 1000 + 7\r" }.joined())
    try terminal.expect("mmq> 500 * 1000 + 7\n500007\n")
    try terminal.expect("mmq> ")
    terminal.enter(".history")
    let lines = try terminal.expect("\n.history\n").split(separator: "\n").suffix(500)
    #expect(Array(lines) == (1...500).map { "\($0) * 1000 + 7" })
  }

  @Test func theLineFitsAWindowThatChangesItsSize() throws {
    let terminal = try session()
    terminal.resize(rows: 20, columns: 30)
    usleep(200_000)
    terminal.enter("1111111111 + 2222222222 + 3333333333 + 4")
    try terminal.expect("6666666670\n")
    terminal.resize(rows: 50, columns: 200)
    usleep(200_000)
    terminal.enter("1111111111 + 2222222222 + 3333333333 + 5")
    try terminal.expect("1111111111 + 2222222222 + 3333333333 + 5")
    try terminal.expect("6666666671\n")
  }

  @Test func itEndsWhenTheTerminalIsGone() throws {
    let terminal = try session()
    terminal.hangUp()
    #expect(try terminal.end() >= 0)
  }

  // MARK: Completion

  @Test func tabCompletesEventFieldAndName() throws {
    let terminal = try session()
    terminal.type("compac\tmm_compaction_e\t")
    try terminal.expect("compaction:mm_compaction_end")
    terminal.type(" /args.stat\t")
    try terminal.expect("args.status")
    terminal.type(" == \"succ\t")
    try terminal.expect("success")
    terminal.type("\"/ { @n = cou\t) }\r")
    try terminal.expect("@n: 1\n")
    terminal.type("@\t\r")
    try terminal.expect("@n: 1\n")
  }

  @Test func tabCompletesBehindEarlierLines() throws {
    let terminal = try session()
    terminal.enter("kmem:mm_page_alloc {")
    try terminal.expect("...> ")
    terminal.type("@[args.ord\t] = count() }\r")
    try terminal.expect("@[1]: 166\n")
  }

  @Test func twoTabsListWithTypesAndHelp() throws {
    let terminal = try session()
    terminal.type("kmem:mm_page_alloc { @[args.\t\t")
    try terminal.expect("gfp_flags")
    try terminal.expect("unsigned long")
    try terminal.expect("GFP_TRANSHUGE")
    // The line is there again.
    try terminal.expect("mmq> kmem:mm_page_alloc { @[args.")
    terminal.type("\u{3}")
    try terminal.expect("mmq> ")
    terminal.type("strf\t")
    try terminal.expect("strftime(")
    terminal.type("\u{3}")
    try terminal.expect("mmq> ")
    terminal.type(".pr\t\t")
    try terminal.expect(".print")
    try terminal.expect("prints a map, or its N largest rows")
    try terminal.expect("mmq> .pr")
    terminal.type("\u{3}")
    try terminal.expect("mmq> ")
    terminal.type("print\t\t")
    try terminal.expect("print(@map[, top[, div]])  prints a value")
  }

  @Test func tabCompletesFilesOfCommands() throws {
    let terminal = try session()
    terminal.type(".run \(Places.package)/Examples/oom-k\t")
    try terminal.expect("/Examples/oom-kills.mmq")
  }
}
