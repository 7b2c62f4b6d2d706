// Sessions without a terminal: no prompts, and an exit code.

import Foundation
import MMQTestSupport
import Testing

@Suite struct PipedSessionTests {
  private func session(_ input: String, _ arguments: [String] = []) throws -> PipedSession {
    try PipedSession.run(input, arguments)
  }

  @Test func answersAloneOnStandardOutput() throws {
    let result = try session("1 << 12\nkmem:mm_page_alloc {\n@[args.order] = count()\n}\n@[3]\n")
    #expect(result.output == "4096\n@[2]: 3\n@[3]: 5\n@[1]: 166\n@[0]: 336898\n5\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test func whatIsWrongIsSaidAndTheRestIsAnswered() throws {
    let result = try session("@nosuch[1]\n.nosuch\n2 + 2\n")
    #expect(result.output == "4\n")
    #expect(result.errors.contains("nothing is ever assigned to @nosuch"))
    #expect(result.errors.contains("there is no command .nosuch"))
    #expect(result.status == 2)
  }

  /// What has a dot or a slash in its name is no recipe.
  @Test func whatCannotBeRunIsSaid() throws {
    let file = try session(".run nosuch.mmq\n").errors
    #expect(file == "mmq: nosuch.mmq: No such file or directory\n")
    let recipe = try session(".run kswap\n").errors
    #expect(recipe == "mmq: there is no recipe 'kswap'; did you mean kswapd?\n")
  }

  /// A newcomer's first words.
  @Test(arguments: [
    ("mm_page_alloc", "did you mean kmem:mm_page_alloc?"),
    ("kmem", "kmem is a system of tracepoints: kmem:* names them all"),
    ("maps", "commands begin with a dot: .maps"),
    ("fields kmem:mm_page_alloc", "commands begin with a dot: .fields kmem:mm_page_alloc"),
    ("mm-health", "mm-health is a recipe: .run mm-health"),
  ])
  func whatIsNoQuestionIsGuessed(_ line: String, _ hint: String) throws {
    let result = try session(line + "\n")
    #expect(result.status == 2 && result.errors.contains("HINT: \(hint)\n"), "\(result.errors)")
  }

  /// The next question would not know it.
  @Test func aMacroAloneIsSaidToBeOfItsQuestion() throws {
    let result = try session(
      "macro twice(a) { a * 2 }\nmacro twice(a) { a * 2 } begin { print(twice(4)); }\n")
    #expect(result.output == "8\n" && result.status == 0)
    #expect(
      result.errors == "NOTE: a macro is known in its own question: write it before what uses it\n")
  }

  /// Nor what else a question may declare.
  @Test(arguments: [
    ("enum l { LOW = 1 }", "an enum"), ("config = { max_map_keys = 2 }", "a config block"),
    ("let @m = hash(3);", "the declaration of a map"),
  ])
  func aDeclarationAloneIsSaidToBeOfItsQuestion(_ line: String, _ what: String) throws {
    let result = try session(line + "\n1\n")
    #expect(result.output == "1\n" && result.status == 0)
    #expect(
      result.errors
        == "NOTE: \(what) is known in its own question: write it before what uses it\n")
  }

  @Test func aStringInSingleQuotesIsOneMistake() throws {
    let result = try session("@[\"load\"] = 2\n@['load']\n")
    #expect(
      result.errors
        == "stdin:1:3-9: ERROR: a string is in double quotes\n@['load']\n  ~~~~~~\nHINT: \"load\"\n"
    )
  }

  @Test func variablesLiveForOneQuestion() throws {
    let result = try session("$x = 3\n$x + 1\n")
    #expect(result.output == "" && result.status == 2)
    #expect(
      result.errors.hasSuffix("HINT: variables live for one question; a map, such as @x, stays\n"))
  }

  /// The first use of a map is not in the question that misuses it.
  @Test(arguments: [
    ("@[\"load\"]", "the key of @ is string here, (string, uint32) before"),
    ("@ + 1", "@ has keys, but is used without one here"),
  ])
  func aMapOfAnEarlierQuestionIsNamed(_ line: String, _ sentence: String) throws {
    let result = try session("kmem:mm_page_alloc { @[comm, args.order] = count() }\n\(line)\n")
    #expect(result.errors.contains("ERROR: \(sentence)\n"), "\(result.errors)")
    #expect(
      result.errors.hasSuffix(
        "HINT: @ is of an earlier question: count() by (string, uint32)\n"), "\(result.errors)")
    #expect(!result.errors.contains("NOTE:"))
  }

  @Test func helpOfOneName() throws {
    let result = try session(
      ".help .open\n.help maps\n.help print\n.help count()\n.help nsecs\n.help kmem:mm_page_alloc\n.help hst\n"
    )
    #expect(
      result.output == """
        .open FILE  asks this recording from now on; maps stay
        .maps  lists the maps that are there, with their types
        .print @MAP [N]  prints a map, or its N largest rows
        print(value) or print(@map[, top[, div]])  prints a value and a new line, or the largest rows of a map
        count()  how many times it was reached
        nsecs -> uint64, or nsecs(clock) -> uint64  the time of the record or tick, in nanoseconds of its clock
        tracepoint:kmem:mm_page_alloc
            unsigned long pfn
            unsigned int order
            unsigned long gfp_flags  (GFP_TRANSHUGE, GFP_TRANSHUGE_LIGHT, GFP_HIGHUSER_MOVABLE, GFP_HIGHUSER, GFP_USER, GFP_KERNEL_ACCOUNT, GFP_KERNEL, GFP_NOFS, … 37 names)
            int migratetype

        """)
    #expect(result.errors == "mmq: there is no help for hst; did you mean hist?\n")
  }

  @Test func everyFormatIsInTheHelp() throws {
    #expect(try session(".help .format\n").output.hasPrefix(".format text|json|csv|folded  "))
  }

  @Test func severalRecordings() throws {
    let other = Places.fixtures + "/captures/group.perf.data"
    let result = try session("kmem:mm_page_alloc { @ = count(); }\n@ + 1\n", ["-i", other])
    #expect(result.output == "@: 337137\n337138\n")
    #expect(result.errors.contains("group.perf.data is read after"))
    #expect(result.status == 0)
  }

  @Test func theFirstFailureIsTheExitCode() throws {
    #expect(try session("exit(7)\n@nosuch[1]\n").status == 7)
    #expect(try session(".open /nonexistent\n1\n").status == 1)
    #expect(try session("1\n.quit\n@nosuch[1]\n").status == 0)
  }

  @Test func aQuestionThatTheEndCutsIsSaid() throws {
    let result = try session("kmem:mm_page_alloc { @ = count()")
    #expect(result.errors.contains("this '{' has no '}'"))
    #expect(result.status == 2)
  }

  @Test func aBareEventShowsTwentyAndAsksNobody() throws {
    let result = try session("kmem:mm_page_alloc\n1\n")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 21 && lines[20] == "1")
    let json = try session("kmem:mm_page_alloc\n", ["-f", "json"])
    #expect(json.output.split(separator: "\n").count == 20)
  }

  @Test func otherFormats() throws {
    let json = try session("kmem:mm_page_alloc { @[args.order] = count() }\n1\n", ["-f", "json"])
    #expect(
      json.output == """
        {"type": "map", "data": {"@": {"2": 3, "3": 5, "1": 166, "0": 336898}}}
        {"type": "value", "data": 1}

        """)
  }

  @Test func mapsAreListedPrintedAndSaved() throws {
    let file = TemporaryPath()
    let result = try session(
      """
      kmem:mm_page_alloc { @x[args.order] = count(); @n = sum(args.order) }
      .maps
      .print @x 1
      .save \(file.path).json
      .save \(file.path).csv @x
      .print @z
      """)
    #expect(
      result.output.hasSuffix("@n: sum(), 1 row\n@x: count() by uint32, 4 rows\n@x[0]: 336898\n"))
    #expect(result.errors.contains("no run so far left a map @z"))
    let json = try String(contentsOfFile: file.path + ".json", encoding: .utf8)
    #expect(
      json.contains(#"{"type": "map", "data": {"@x": {"2": 3, "3": 5, "1": 166, "0": 336898}}}"#))
    let csv = try String(contentsOfFile: file.path + ".csv", encoding: .utf8)
    #expect(csv.contains("336898") && !csv.contains("@n"))
    unlink(file.path + ".json")
    unlink(file.path + ".csv")
  }

  @Test func filesOfQuestionsAndScripts() throws {
    let (questions, script) = (TemporaryPath(), TemporaryPath())
    try "1 + 1\nbegin {\nprint(\"two lines\") }\n".write(
      toFile: questions.path, atomically: false, encoding: .utf8)
    try "begin { printf(\"%s %d\\n\", str($1), $2) }".write(
      toFile: script.path, atomically: false, encoding: .utf8)
    let result = try session(
      ".read \(questions.path)\n.run \(script.path) 'a word' 7\n.read \(script.path)x\n")
    #expect(result.output == "2\ntwo lines\na word 7\n")
    #expect(result.status == 2)
  }

  @Test func explainShowsPlanAndBytecode() throws {
    let result = try session(
      "kmem:mm_page_alloc { @[args.order] = count() }\n.explain\n.explain vmscan:* { @n = count() }\n"
    )
    #expect(result.output.contains("in parallel: the blocks of all events"))
    #expect(result.output.contains("count "))
    #expect(result.output.contains("events decoded: "))
  }

  @Test func eventsAndFields() throws {
    let result = try session(".probes compaction:*end\n.fields compaction:mm_compaction_end\n")
    #expect(result.output.hasPrefix("tracepoint:compaction:mm_compaction_end\n"))
    #expect(result.output.contains("int status  (skipped, deferred, "))
  }

  @Test func recipesAreListedAndRun() throws {
    let result = try session(
      ".recipes oom-kills\n.run oom-kills\n.run kswapd --seconds=5\n.run oom-kils\n")
    #expect(result.output.hasPrefix("oom-kills: "))
    #expect(result.output.contains("\n2 victims"))
    #expect(result.errors.contains("did you mean oom-kills?"))
    #expect(try session(".run kswapd --nosuch=5\n").status == 2)
  }
}
