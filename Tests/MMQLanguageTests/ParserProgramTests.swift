// Probes, attach points, predicates, statements, and going on after errors.

@testable import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct ParserProgramTests {
  static func points(_ text: String) -> [[String]] {
    let (program, diagnostics) = Parser.parse(Source(name: "test", text))
    #expect(diagnostics.isEmpty)
    return program.probes.flatMap(\.attachPoints).map { $0.parts + ($0.isOptional ? ["?"] : []) }
  }

  @Test func attachPoints() {
    #expect(
      Self.points("begin{} END { } interval:s:5 {}") == [
        ["begin"], ["END"], ["interval", "s", "5"],
      ])
    #expect(
      Self.points("t:kmem:*, tracepoint:9p:9p_client_req,\n kmem:mm_[a-z]*? {}")
        == [
          ["t", "kmem", "*"], ["tracepoint", "9p", "9p_client_req"], ["kmem", "mm_[a-z]*", "?"],
        ])
    #expect(Self.points("t:xhci-hcd:xhci_x, {}") == [["t", "xhci-hcd", "xhci_x"]])
    #expect(Self.points("t:a:b/1/{}") == [["t", "a", "b"]])
    #expect(Self.points("interval:5s{}") == [["interval", "5s"]])
    #expect(Self.points("t:a:b /* c */ // d\n {}") == [["t", "a", "b"]])
  }

  @Test func predicates() {
    #expect(
      tree("begin /a / b/ {}") == "probe begin\n  predicate\n    /\n      a\n      b\n  block\n")
    #expect(tree("begin /a/{}") == "probe begin\n  predicate\n    a\n  block\n")
    #expect(tree("begin /a/ // why\n /* not */ {}") == "probe begin\n  predicate\n    a\n  block\n")
    #expect(tree("begin /a/\n# why\n{}") == "probe begin\n  predicate\n    a\n  block\n")
    #expect(
      tree("begin /a/2/b == 1/\n{}")
        == "probe begin\n  predicate\n    ==\n      /\n        /\n          a\n          2\n        b\n      1\n  block\n"
    )
    expectParse("begin / «/» {}", "expected")
    expectParse("begin «/»a {}", "open-predicate")
    expectParse("begin «/»a/ b {}", "open-predicate")
  }

  @Test func statements() {
    let dump = tree(
      """
      begin {
        let $a; let $b = 1; let $c: int32 = 2; let $d: string;
        $x = 1; @y[1] += 2; _ = 3;
        if $x > 1 { print(1) } else if ($x) { print(2); } else { print(3) }
        while ($x < 5) { $x++; if ($x == 3) { continue } if ($x == 4) { break; } }
        { print(4); }
        ;;
        return; return 5;
      }
      """)
    #expect(
      dump == """
        probe begin
          block
            let $a
            let $b
              1
            let $c: int32
              2
            let $d: string
            =
              $x
              1
            +=
              @y
                1
              2
            _ =
              3
            if
              >
                $x
                1
              block
                print()
                  1
              block
                if
                  $x
                  block
                    print()
                      2
                  block
                    print()
                      3
            while
              <
                $x
                5
              block
                postfix ++
                  $x
                if
                  ==
                    $x
                    3
                  block
                    continue
                if
                  ==
                    $x
                    4
                  block
                    break
            block
              print()
                4
            return
            return
              5

        """)
  }

  @Test func everyAssignmentOperator() {
    let all: [AssignmentOperator] = [
      .assign, .add, .subtract, .multiply, .divide, .modulo, .and, .or, .exclusiveOr, .shiftLeft,
      .shiftRight,
    ]
    #expect(all.count == AssignmentOperator.allCases.count)
    for op in all {
      #expect(tree("begin { $x \(op.rawValue) 1; }").contains("    \(op.rawValue)\n"))
      #expect((op.binary == nil) == (op == .assign))
    }
  }

  /// `=~` right behind what a statement starts with assigns a complement; elsewhere it compares.
  @Test(arguments: ["@x", "$x", "@x[1, @y]", "@x[@y =~ \"a\"]", "@x[{ $y=~1; $y }]", "@[@[1]]"])
  func aComplementIsAssigned(_ target: String) {
    #expect(tree("begin { \(target)=~1; }") == tree("begin { \(target) = ~1; }"))
    #expect(tree("begin { \(target)=~1 }") == tree("begin { \(target) = ~1 }"))
  }

  @Test(arguments: ["_ = @x=~1", "@x.y=~1", "1 + $x=~1", "f(@x=~1)", "($x)=~1", "$x[1]=~1"])
  func elsewhereAPatternIsCompared(_ statement: String) {
    #expect(tree("begin { \(statement); }").contains("=~\n"))
  }

  @Test func config() {
    #expect(
      tree("config = { a = 1; b = warn, c = true\n d = \"x\" }\nbegin {}").hasPrefix(
        "config a = integer(1)\nconfig b = word(\"warn\")\nconfig c = word(\"true\")\n"
          + "config d = word(\"x\")\nprobe begin\n"))
    expectParse("config = { «1» = 2 } begin { print(1); }", "expected")
  }

  @Test func allErrorsOfAProgramAreReported() {
    expectParse(
      """
      begin { $a = «;» print(1); $b = 5 +«;» }
      end { print(1 «2»); $x = 1; }
      interval:s:1 { «@[]» = 2; «7 =» 8; print("«\\q»"); }
      """,
      "expected", "expected", "expected", "expected", "not-assignable", "bad-escape")
  }

  @Test func theNextProbeIsReadAfterABrokenOne() {
    expectParse("begin «x» { print(1); }\nend { $x = «;» }", "expected", "expected")
    expectParse("begin { print(1); } «}»\nend { $x = 1; }", "expected")
  }

  @Test func aMissingSemicolonIsShownWhereItBelongs() {
    expectParse("begin { $a = 1«\n»  $b = 2; }", "expected")
    expectParse("begin { $a = 1; $b = 2 }")
  }

  @Test func goodStatementsAfterABadOneAreKept() {
    let source = Source(name: "test", "begin { $a = ; $b = 2; } end { $c = 3 }")
    let (program, diagnostics) = Parser.parse(source)
    #expect(diagnostics.count == 1)
    #expect(program.dump().contains("$b") && program.dump().contains("$c"))
  }

  @Test(arguments: ["", " ", "# only a comment", "// x", "#!/bin/mmq"])
  func anEmptyProgramIsNoCrash(_ text: String) {
    #expect(Parser.parse(Source(name: "test", text)).program.probes.isEmpty)
  }

  // MARK: Depth

  static let count = 10_000

  static func times(_ text: String) -> String { String(repeating: text, count: count) }

  @Test(arguments: [
    times("("), times("(") + "1" + times(")"), times("-") + "1", times("!") + "1",
    times("~") + "1", times("- ") + "1", times("(int8)") + "1", times("++") + "$x",
    "1" + times(" + 1"), "1" + times(" ** 1"), "1" + times(" * 1"), "1" + times(" && 1"),
    times("a ? ") + "1" + times(" : 1"), "a" + times(" ?: a"), times("@[") + "1" + times("]"),
    times("f(") + times(")"), "args" + times(".a"), "args" + times("[0]"), "a" + times("->b"),
    "1" + times(" < 1 + 1"), "$x" + times("++"), times("["), times("(1, "),
    times("(a = ") + "1" + times(")"), times("sizeof("), times("(typeof("), times("(enum E)"),
    times("if "), times("if 1 { ") + "1" + times(" } else { 1 }"),
  ])
  func deepExpressionsAreAnErrorAndNoCrash(_ expression: String) {
    for text in ["begin { _ = \(expression); }", "begin /\(expression)/ { print(1); }"] {
      let diagnostics = onLargeStack { Parser.parse(Source(name: "test", text)).diagnostics }
      #expect(!diagnostics.isEmpty)
      #expect(diagnostics.count < 10)
    }
  }

  /// Each mistake is read once: the time does not grow with the square of the script.
  @Test(
    .timeLimit(.minutes(3)), arguments: ["@[;", "$x = (a;", "` $x = (u8)1;", "$x[;", "{ $a 5 "])
  func manyMistakesAreReadOnce(_ mistake: String) {
    let text = "begin { " + Self.times(mistake) + " }"
    #expect(!onLargeStack { Parser.parse(Source(name: "test", text)).diagnostics }.isEmpty)
  }

  @Test func deepBlocksAreAnErrorAndNoCrash() {
    for text in [
      Self.times("{"), Self.times("{") + Self.times("}"), Self.times("if 1 {"),
      Self.times("if 1 { print(1); } else ") + "{}", Self.times("while 1 {"),
      "_ = " + Self.times("{ "), "_ = " + Self.times("if 1 { 1 } else ") + "{ 1 };",
    ] {
      let diagnostics = onLargeStack {
        Parser.parse(Source(name: "test", "begin {" + text + "}")).diagnostics
      }
      #expect(diagnostics.contains { $0.id == "too-deep" || $0.id == "expected" })
    }
  }

  @Test func whatPeopleWriteIsNotTooDeep() {
    let chain = "1" + String(repeating: " + 1", count: 150)
    let nest = String(repeating: "(", count: 90) + "1" + String(repeating: ")", count: 90)
    let elses = String(repeating: "if 1 { print(1); } else ", count: 90) + "{}"
    let source = Source(name: "test", "begin { _ = \(chain); _ = \(nest); \(elses) }")
    #expect(onLargeStack { Parser.parse(source).diagnostics }.isEmpty)
  }

  /// Cut anywhere, a program gives an error or a smaller program, never a trap.
  @Test func everyPrefixOfAProgramParses() {
    let text = Array(
      """
      config = { missing_probes = warn }
      tracepoint:kmem:mm_page_alloc?, t:a:[b-c]* /args.order > 1 && comm == "x\\n"/ {
        let $a: int32 = (uint8)-5; @x[args->y, 0x1f].0 ? $a++ : --$a;
        if $a == 1.5e3 { @h = hist($a); } else { while 1 { break; } } /* c */ # d
      }
      """.utf8)
    for end in text.indices {
      _ = Parser.parse(Source(name: "test", text: Array(text[..<end])))
    }
    #expect(Parser.parse(Source(name: "test", text: text)).diagnostics.isEmpty)
  }
}
