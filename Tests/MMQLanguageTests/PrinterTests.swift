// The house style: what `mmq fmt` makes of scripts.

@testable import MMQLanguage
import Testing

@Suite struct PrinterTests {
  /// `text` becomes `wanted`, and that stays as it is.
  static func expect(
    _ text: String, _ wanted: String, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(printed(text) == wanted, sourceLocation: location)
    #expect(printed(wanted) == wanted, sourceLocation: location)
  }

  static func printed(_ text: String) -> String? {
    Printer.print(Source(name: "test", text)).text.map { String(decoding: $0, as: UTF8.self) }
  }

  /// One statement in a probe.
  static func expectStatement(
    _ text: String, _ wanted: String, at location: SourceLocation = #_sourceLocation
  ) {
    let lines = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n")
    expect("begin\n{\n\(text)\n}", "begin {\n\(body)\n}\n", at: location)
  }

  @Test func blanks() {
    Self.expectStatement("@x[ 1 ,2]=- -1*(a+ -b) ;", "@x[1, 2] = - -1 * (a + -b);")
    Self.expectStatement("@x=~1;", "@x = ~1;")
    Self.expectStatement("$x ++ ; -- $x; @ ++;", "$x++;\n--$x;\n@++;")
    Self.expectStatement("_=$a?$b:$c?:d;", "_ = $a ? $b : $c ?: d;")
    Self.expectStatement(
      "f ( ( int8 ) - 1,( enum E )(x),sizeof ( u8 ) );", "f((int8)-1, (enum E)(x), sizeof(u8));")
    Self.expectStatement(
      "let $a:uint8=args -> x . end . 0;let $b;", "let $a: uint8 = args->x.end.0;\nlet $b;")
    Self.expectStatement("_=5 . 0+5.0+$x . 0;", "_ = 5 .0 + 5.0 + $x.0;")
    Self.expectStatement("_=! ! x=~\"a*\";", "_ = !!x =~ \"a*\";")
    Self.expectStatement("_=+ +1-++$x;", "_ = + +1 - ++$x;")
    Self.expectStatement("return-1;", "return -1;")
    Self.expectStatement("f(1,);", "f(1,);")
  }

  @Test func spellingsStay() {
    Self.expectStatement(
      #"f(0x1F,017,1_000,1e6,5ms,1.50,10UL,"\x41\n",((a)));"#,
      #"f(0x1F, 017, 1_000, 1e6, 5ms, 1.50, 10UL, "\x41\n", ((a)));"#)
    Self.expect("begin{f(\"two\n lines\" ,1);}", "begin {\n  f(\"two\n lines\", 1);\n}\n")
  }

  @Test func declarations() {
    Self.expect("config={a=1;b=x}", "config = { a = 1; b = x }\n")
    Self.expect("config={\na=1 b=x,}\n", "config = {\n  a = 1\n  b = x,\n}\n")
    Self.expect("import\"a.mmq\" ;", "import \"a.mmq\";\n")
    Self.expect("enum  E{A,B=- 5,C};enum{D}", "enum E { A, B = -5, C };\nenum { D }\n")
    Self.expect("enum E{A,\nB}", "enum E {\n  A,\n  B\n}\n")
    Self.expect("let@m=lruhash ( 1e3 );", "let @m = lruhash(1e3);\n")
    Self.expect("macro m{1}", "macro m { 1 }\n")
    Self.expect(
      "macro m ( $a,@b,c ){$a=c;@b}", "macro m($a, @b, c) {\n  $a = c;\n  @b\n}\n")
  }

  @Test func probes() {
    Self.expect("a:b ;c:d if(args.x>1);e:f", "a:b;\nc:d if (args.x > 1);\ne:f\n")
    Self.expect("a:b,c:d?/ x/2 /{}", "a:b, c:d? /x / 2/ {}\n")
    Self.expect("a:b,\n{\n}", "a:b, {}\n")
    Self.expect("a:b{x}c:d{y}", "a:b { x }\nc:d { y }\n")
    let long = String(repeating: "a", count: 48)
    Self.expect(
      "\(long):b,\(long):c /x/{y}", "\(long):b,\n\(long):c\n/x/ {\n  y\n}\n")
    Self.expect("\(long)\(long):b/\(long)/{y}", "\(long)\(long):b\n/\(long)/ {\n  y\n}\n")
  }

  @Test func blocks() {
    Self.expectStatement("if x{y}", "if x { y }")
    Self.expectStatement("if x{y;z}", "if x {\n  y;\n  z\n}")
    Self.expectStatement("if(x)\n{y}", "if (x) {\n  y\n}")
    Self.expectStatement("if x{y;}else if z{}else{w}", "if x { y; } else if z {} else { w }")
    Self.expectStatement("if x{y;}\nelse{w}", "if x {\n  y;\n} else {\n  w\n}")
    Self.expectStatement("for($i:0 .. 5){x}", "for ($i : 0..5) { x }")
    Self.expectStatement("for $kv:@m{unroll(3){x}}", "for $kv : @m { unroll (3) { x } }")
    Self.expectStatement("while 1{break;continue}", "while 1 {\n  break;\n  continue\n}")
    Self.expectStatement("$x=if a{b}else{c};{d}", "$x = if a { b } else { c };\n{ d }")
    Self.expectStatement("$x={\n1};", "$x = {\n  1\n};")
    Self.expectStatement("f({1;2},3);", "f({\n  1;\n  2\n}, 3);")
    Self.expect("begin{\n\n\na;\n\n\nb;c;\n\n}", "begin {\n  a;\n\n  b;\n  c;\n}\n")
  }

  @Test func longLines() {
    let a = String(repeating: "a", count: 30)
    Self.expectStatement(
      "f(\(a),\(a),\(a),b);", "f(\(a), \(a), \(a),\n  b);")
    Self.expectStatement(
      "printf(\"%d %d %d\",\(a),\(a),\(a),b);",
      "printf(\"%d %d %d\",\n       \(a), \(a),\n       \(a), b);")
    Self.expectStatement(
      "$x=\(a)*2+\(a)*2+\(a)*\(a);", "$x = \(a) * 2 + \(a) * 2\n    + \(a) * \(a);")
    Self.expectStatement(
      "if \(a)&&\(a)||\(a)&&b{c;d}",
      "if \(a) && \(a)\n    || \(a) && b {\n  c;\n  d\n}")
    Self.expectStatement(
      "$x=\(a)\(a)\(a)(\(a)==1?2:3);", "$x = \(a)\(a)\(a)(\n        \(a) == 1 ? 2 : 3);")
  }

  @Test func longConditionals() {
    let a = String(repeating: "a", count: 30)
    Self.expectStatement(
      "$x=\(a)?\(a):b?\(a):c?d:e;", "$x = \(a) ? \(a)\n    : b ? \(a) : c ? d : e;")
  }

  @Test func comments() {
    Self.expect("// a\n\n\n\n# b\nbegin{}// c", "// a\n\n# b\nbegin {} // c\n")
    Self.expect("#!/usr/bin/mmq\nbegin{}", "#!/usr/bin/mmq\nbegin {}\n")
    Self.expect("\n\n/* only */", "/* only */\n")
    Self.expect("  \n", "")
    Self.expectStatement("a; // b   \n//c\nd", "a; // b\n//c\nd")
    Self.expectStatement("// a\n\n  b;\n\n\n  // c\n", "// a\n\nb;\n\n// c")
    Self.expectStatement("if x{// a\ny;}else{/* b */}", "if x { // a\n  y;\n} else { /* b */ }")
    Self.expectStatement("if x{y}\n// a\nelse{z}", "if x {\n  y\n}\n// a\nelse {\n  z\n}")
    Self.expectStatement(
      "f(/*a*/b/*c*/,d // e\n,\n// g\nh);",
      """
      f(/*a*/ b /*c*/, d // e
        ,
        // g
        h);
      """)
    Self.expect("a:b/* 1 *//x/ // 2\n{}", "a:b /* 1 */ /x/ // 2\n{}\n")
    Self.expect("begin /a/* 1 *//{}", "begin /a /* 1 */ / {}\n")
    Self.expect("begin / /* 1 */ a/{}", "begin / /* 1 */ a/ {}\n")
  }

  @Test func commentsOfSeveralLines() {
    Self.expectStatement("/* a  \n * b\n      * c */ d", "/* a\n * b\n * c */\nd")
    Self.expect("/* a\n  b */ begin {}", "/* a\n  b */\nbegin {}\n")
  }

  /// At the start of a line they would be errors.
  @Test func commentsLikeDirectives() {
    Self.expect(" #define X\nbegin {}", " #define X\nbegin {}\n")
    Self.expect("#else  \nbegin {\n #if a\n}", " #else\nbegin {\n  #if a\n}\n")
  }

  @Test func errors() {
    let (text, diagnostics) = Printer.print(Source(name: "test", "begin { 1 + ; }"))
    #expect(text == nil)
    #expect(diagnostics.map(\.id) == ["expected"])
  }
}
