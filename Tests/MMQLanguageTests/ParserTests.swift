// Expressions: precedence, grouping, postfix and prefix forms.

@testable import MMQLanguage
import Testing

@Suite struct ParserTests {
  /// Any two operators against their precedences: the tighter one is the deeper one.
  @Test func precedenceIsTheTables() {
    for first in BinaryOperator.allCases {
      for second in BinaryOperator.allCases {
        let groupsLeft = first.precedence >= second.precedence
        let tree = expressionTree("a \(first.rawValue) b \(second.rawValue) c")
        let wanted =
          groupsLeft
          ? "\(second.rawValue)\n  \(first.rawValue)\n    a\n    b\n  c"
          : "\(first.rawValue)\n  a\n  \(second.rawValue)\n    b\n    c"
        #expect(tree == wanted)
      }
    }
  }

  /// The order of the language reference, section 4, by hand.
  @Test func precedenceIsTheReferences() {
    let rows: [[BinaryOperator]] = [
      [.logicalOr], [.logicalAnd], [.or], [.exclusiveOr], [.and], [.equal, .notEqual, .matches],
      [.less, .lessOrEqual, .greater, .greaterOrEqual], [.shiftLeft, .shiftRight],
      [.add, .subtract], [.multiply, .divide, .modulo],
    ]
    #expect(rows.flatMap { $0 }.count == BinaryOperator.allCases.count)
    for (low, high) in zip(rows, rows.dropFirst()) {
      #expect(Set(low.map(\.precedence)).count == 1)
      #expect(low[0].precedence < high[0].precedence)
    }
  }

  @Test func conditionalsLieBelowAllAndGroupFromTheRight() {
    #expect(
      expressionTree("a || b ? c : d ? e : f")
        == "?:\n  ||\n    a\n    b\n  c\n  ?:\n    d\n    e\n    f")
    #expect(expressionTree("a ?: b ?: c") == "?:\n  a\n  ?:\n    b\n    c")
    #expect(expressionTree("a ? b ? c : d : e") == "?:\n  a\n  ?:\n    b\n    c\n    d\n  e")
  }

  @Test(arguments: BinaryOperator.allCases)
  func everyBinaryOperatorLiesBetweenConditionalsAndPrefixes(_ op: BinaryOperator) {
    let op = op.rawValue
    for prefix in UnaryOperator.allCases.map(\.rawValue) {
      #expect(
        expressionTree("\(prefix) a \(op) \(prefix) b")
          == "\(op)\n  unary \(prefix)\n    a\n  unary \(prefix)\n    b")
    }
    #expect(expressionTree("(u8)a \(op) (u8)b") == "\(op)\n  cast u8\n    a\n  cast u8\n    b")
    #expect(expressionTree("a.x \(op) b[1]") == "\(op)\n  .x\n    a\n  []\n    b\n    1")
    #expect(
      expressionTree("a \(op) b ? c \(op) d : e \(op) f")
        == "?:\n  \(op)\n    a\n    b\n  \(op)\n    c\n    d\n  \(op)\n    e\n    f")
  }

  @Test func prefixBindsTighterThanBinary() {
    #expect(expressionTree("-a * ~b") == "*\n  unary -\n    a\n  unary ~\n    b")
    #expect(expressionTree("!a == b") == "==\n  unary !\n    a\n  b")
    #expect(expressionTree("!!a") == "unary !\n  unary !\n    a")
    #expect(expressionTree("- -a") == "unary -\n  unary -\n    a")
    #expect(expressionTree("+a") == "unary +\n  a")
  }

  @Test func castsBindLikePrefixes() {
    #expect(expressionTree("(int8)a + b") == "+\n  cast int8\n    a\n  b")
    #expect(expressionTree("(uint64)-a") == "cast uint64\n  unary -\n    a")
    #expect(expressionTree("(string)args.x") == "cast string\n  .x\n    args")
    #expect(expressionTree("(abc) + b") == "+\n  abc\n  b")
    #expect(expressionTree("(int32)(int8)a") == "cast int32\n  cast int8\n    a")
  }

  @Test func postfixBindsTightest() {
    #expect(expressionTree("-args.x[1]") == "unary -\n  []\n    .x\n      args\n    1")
    #expect(expressionTree("-@x++") == "unary -\n  postfix ++\n    @x")
    expectParse("begin { --«@x[1]--»; }", "not-assignable")
    #expect(expressionTree("++@x[1]") == "prefix ++\n  @x\n    1")
    #expect(expressionTree("$x-- - --$y") == "-\n  postfix --\n    $x\n  prefix --\n    $y")
  }

  @Test func members() {
    #expect(expressionTree("args->x") == expressionTree("args.x"))
    for word in Keyword.allCases.map(\.rawValue) + ["count", "len", "end", "0", "1"] {
      #expect(expressionTree("args.\(word)") == ".\(word)\n  args")
      #expect(expressionTree("args->\(word)") == ".\(word)\n  args")
    }
    #expect(expressionTree("$kv.0.1") == ".1\n  .0\n    $kv")
  }

  @Test func mapsTuplesAndCalls() {
    #expect(expressionTree("@") == "@")
    #expect(expressionTree("@[1, \"a\"]") == "@\n  1\n  \"a\"")
    #expect(expressionTree("@x[(1, 2)]") == "@x\n  tuple\n    1\n    2")
    #expect(expressionTree("(a, b, c)") == "tuple\n  a\n  b\n  c")
    #expect(expressionTree("((a))") == "a")
    #expect(expressionTree("(a,)") == "tuple\n  a")
    #expect(expressionTree("f()") == "f()")
    #expect(expressionTree("f(a, g(b),)") == "f()\n  a\n  g()\n    b")
    #expect(expressionTree("true") == "true")
    #expect(expressionTree("$1 + $#") == "+\n  $1\n  $#")
    #expect(expressionTree("@x=~1") == "=~\n  @x\n  1")
  }
}
