// Slips on the command line: each is told what was probably meant, and ends with 2.

import Foundation
import MMQTestSupport
import Testing

@Suite struct UsageTests {
  private static let reclaim = "Examples/traces/reclaim.dat"

  /// What is typed, and what the first line of the answer has in it.
  @Test(arguments: [
    ("help nosuch", "there is no command 'nosuch'; mmq --help lists them"),
    ("help recrod", "did you mean mmq help record?"),
    ("help report", "did you mean mmq help events?"),
    ("recrod -o x kmem:*", "no command and no script 'recrod'; did you mean mmq record?"),
    ("recrod -o x --size 1G kmem:*", "did you mean mmq record?"),
    ("reciep oom-kills", "did you mean mmq recipe?"),
    ("oom-kils", "did you mean mmq recipe oom-kills?"),
    ("kswapd -i \(reclaim)", "did you mean mmq recipe kswapd?"),
    ("run kswapd", "did you mean mmq recipe kswapd?"),
    ("report", "did you mean mmq events?"),
    ("xyzzyxyzzy", "mmq --help lists the commands"),
    ("recipe oom-kill", "there is no recipe 'oom-kill'; did you mean oom-kills?"),
    ("--verison", "Unknown option '--verison'. Did you mean '--version'?"),
    ("list --hepl", "Unknown option '--hepl'. Did you mean '--help'?"),
    ("run --inptu x", "Did you mean '--input'?"),
    ("check", "no script"),
    ("info", "no recording: mmq info FILE"),
    (
      "oom:mark_victim{print(1)} -i \(reclaim)",
      "a program stands behind -e: mmq -e 'oom:mark_victim"
    ),
    ("oom:mark_victim", "a program stands behind -e: mmq -e 'oom:mark_victim'"),
    (
      "record -e kmem:mm_page_alloc -o x",
      "Unknown option '-e'; events stand alone, as in mmq record"
    ),
    (
      "record -o x kmem:mm_page_alloc sleep 1",
      "'sleep' is no event: a command stands behind '--', as kmem:mm_page_alloc -- sleep 1"
    ),
    (
      "recipe direct-reclaim-slow -i \(reclaim) --ms=25",
      "Unknown option '--ms'; options of the recipe stand behind '--': mmq recipe direct-reclaim-slow … -- --ms=25"
    ),
    ("recipe -e begin{}", "Unknown option '-e'; recipe takes a name"),
    ("recipe oom", "there is no recipe 'oom'; did you mean oom-kills, oom-score-adj or oom-watch?"),
    (
      "recipe direct",
      "there is no recipe 'direct'; did you mean direct-reclaim or direct-reclaim-slow?"
    ),
    ("--duration 1s -e begin{} -i \(reclaim)", "--duration is of live runs"),
    ("events --duration 1s -i \(reclaim)", "--duration is of live runs"),
  ])
  func slipsAreToldWhatWasMeant(_ line: String, _ answer: String) throws {
    let run = try MMQRun(line.split(separator: " ").map(String.init))
    let first = run.errors.split(separator: "\n").first.map(String.init) ?? ""
    #expect(first.contains(answer), "\(run.errors)")
    #expect(run.status == 2 && run.output == "")
  }

  // MARK: Options given twice

  /// As sed and perl have it.
  @Test func severalExpressionsAreOneProgram() throws {
    let program = ["-e", "begin { $x = 1;", "--expression", "printf(\"%d\\n\", $x); }"]
    let run = try MMQRun(["-q"] + program + ["-e", "end { printf(\"end\\n\"); }"])
    #expect(run.status == 0 && run.output.hasPrefix("1\nend\n"), "\(run.errors)")
    let wrong = try MMQRun(["-e", "begin {}", "-e", "nothing {}"])
    #expect(wrong.status == 2 && wrong.errors.contains("stdin:2:1-8: ERROR:"), "\(wrong.errors)")
    let check = try MMQRun(["check", "-i", UsageTests.reclaim] + program)
    #expect(check.status == 0 && check.errors == "stdin: ok, 1 probe\n")
  }

  /// The last value would be taken, and the first one forgotten.
  @Test(arguments: [
    ("-e begin{} -o a --output b", "--output is given twice, as 'a' and as 'b': it has one value"),
    ("-qf json -e begin{} --format=csv", "--format is given twice, as 'json' and as 'csv'"),
    ("events -i x --cpu 0 --cpu=1", "--cpu is given twice, as '0' and as '1'"),
    ("record -o x -p 1 -p 2 oom:*", "-p is given twice, as '1' and as '2'"),
    ("recipe kswapd --from 1 --from 2 -i x", "--from is given twice"),
    ("repl -i x -i y --tz UTC --tz UTC", "--tz is given twice"),
  ])
  func oneValueIsGivenOnce(_ line: String, _ answer: String) throws {
    let run = try MMQRun(line.split(separator: " ").map(String.init))
    #expect(
      run.status == 2 && run.output == "" && run.errors.hasPrefix("mmq: \(answer)"), "\(run.errors)"
    )
  }

  /// Flags may be repeated; words behind the mark are another program's.
  @Test func whatMayBeRepeated() throws {
    let own = try MMQRun(["-e", "begin {}", "--", "--from=1", "--from=2"])
    #expect(own.errors.hasPrefix("ERROR: unexpected program command line options: --from"))
    let run = try MMQRun(["-q", "-q", "-e", "begin {}"])
    #expect(run.status == 0 && run.errors == "")
    let inputs = ["-i", UsageTests.reclaim, "-i", "Examples/traces/oom.dat"]
    #expect(try MMQRun(["-q", "-e", "begin {}"] + inputs).status == 0)
  }

  /// What `RepeatedOptions` looks at first.
  @Test(arguments: ["run", "events", "record", "repl", "list", "check", "merge", "info", "fmt"])
  func namesOfAnOptionBeginAlike(_ command: String) throws {
    let help = try MMQRun([command, "--help"]).output
    let rows = help.split(separator: "\n").filter { $0.hasPrefix("  -") }
    #expect(rows.count > 2)
    for row in rows {
      let names = row.split(separator: " ").prefix { $0.hasPrefix("-") }
      let initials = Set(names.map { $0.first { $0 != "-" }?.lowercased() })
      #expect(initials.count == 1 || names.contains("--dry-run"), "\(row)")
    }
  }

  @Test func theHelpSaysWhatMayBeRepeated() throws {
    #expect(try MMQRun(["run", "--help"]).output.contains("-e and -i may be repeated"))
  }

  // MARK: Words that nothing reads

  /// To leave them out would answer another question, or trace another process.
  @Test(arguments: [
    (
      ["recipe", "direct-reclaim-slow", "-i", reclaim, "25"],
      "the recipe takes no words, but was given '25'\nHINT: its options are -- --ms=25"
    ),
    (["recipe", "direct-reclaim", "oom-kills", "-i", reclaim], "HINT: recipes run one at a time"),
    (
      ["-e", "oom:mark_victim { print(1) }", "-i", reclaim, "--", "ls", "/"],
      "the program takes no words, but was given 'ls /'\nHINT: it has no options either; a command to trace is -c 'ls /'"
    ),
    (
      ["-e", "begin { print(getopt(\"top\", 5)) } // $1", "x"],
      "HINT: its options are -- --top=VALUE; a command to trace is -c 'x'"
    ),
    (
      ["-e", "begin { print(\"$# $1\") }", "-c", "ls", "/"],
      "HINT: a command is one word of the shell: -c 'ls /'"
    ),
    (
      ["recipe", "direct-reclaim-slow", "-i", reclaim, "--", "--ms", "25"],
      "the option --ms needs a number: write --ms=25"
    ),
  ])
  func unreadWordsAreAnError(_ words: [String], _ answer: String) throws {
    let run = try MMQRun(words)
    #expect(run.status == 2 && run.output == "" && run.errors.contains(answer), "\(run.errors)")
  }

  @Test(arguments: [
    "begin { print($1) }", "begin { print($#) }", "begin { print(str($2)) }",
    "interval:s:$1 { exit() } begin { exit() }", "begin { if 0 { print($3) } }",
  ])
  func wordsThatAreReadAreNoError(_ program: String) throws {
    let run = try MMQRun(["-q", "-e", program, "1", "2"])
    #expect(run.status == 0 && run.errors == "")
  }

  /// A recipe is no program.
  @Test func helpOfRecipesHasNoProgram() throws {
    let help = try MMQRun(["help", "recipe"]).output
    #expect(help.contains("<name>") && help.contains("--map-memory") && help.contains("--duration"))
    for other in ["--expression", "-l, --list", "A file with the program"] {
      #expect(!help.contains(other))
      #expect(try MMQRun(["help", "run"]).output.contains(other))
    }
  }

  // MARK: Spellings

  @Test func infoNamesRecordingsAsOthersDo() throws {
    let files = [UsageTests.reclaim, "Examples/traces/oom.dat"]
    let both = try MMQRun(["info"] + files)
    #expect(both.status == 0)
    #expect(try MMQRun(["info", files[0], "-i", files[1]]).output == both.output)
    #expect(try MMQRun(["info", "-i", files[0], "-i", files[1]]).output == both.output)
  }

  @Test(arguments: ["-j2", "-j 2", "--jobs=2"])
  func jobsMayBeJoinedToTheirNumber(_ option: String) throws {
    let words = option.split(separator: " ").map(String.init)
    let run = try MMQRun(["-e", "kmem:* { @ = count() }", "-i", UsageTests.reclaim] + words)
    #expect(run.status == 0 && run.output.contains("@: "), "\(run.errors)")
  }

  /// A time has the units of the language.
  @Test(arguments: [
    ("+0.1", "+100ms"), ("+0.0015", "+1500us"), ("+0.0015", "+1.5ms"), ("+60", "+1m"),
    ("30.1", "30.1s"), ("0.05", "0.05s"),
  ])
  func timesHaveUnits(_ plain: String, _ time: String) throws {
    let program = ["-q", "-e", "*:* { @ = count() }", "-i", UsageTests.reclaim]
    for option in ["--from", "--to"] {
      #expect(
        try MMQRun(program + [option, time]).output == MMQRun(program + [option, plain]).output)
    }
  }

  @Test(arguments: ["3x", "+", "s", "1.5ns", "0.0000000001", "+1..5s", "99999999999d", "-3s"])
  func otherTimesAreRefused(_ time: String) throws {
    let run = try MMQRun(["-e", "begin {}", "-i", UsageTests.reclaim, "--from=\(time)"])
    #expect(run.status == 2 && run.errors.contains("--from"), "\(run.errors)")
  }

  /// The answer is the same; only when it is written differs.
  @Test(arguments: ["line", "full", "none"]) func outputHasABufferMode(_ mode: String) throws {
    let script =
      "kmem:mm_page_alloc /args.order > 2/ { printf(\"%d\", args.order); print(1); @[comm] = count() }"
    let program = ["-q", "-e", script, "-i", UsageTests.reclaim]
    for format in ["text", "json", "csv"] {
      let plain = try MMQRun(program + ["-f", format])
      let run = try MMQRun(program + ["-f", format, "-B", mode])
      #expect(run.status == 0 && run.output == plain.output && run.output != "")
    }
  }

  @Test func otherBufferModesAreRefused() throws {
    let run = try MMQRun(["-B", "half", "-e", "begin {}"])
    #expect(run.status == 2 && run.errors.contains("'line', 'full' or 'none'"), "\(run.errors)")
  }

  /// What bpftrace lists has no number; what a script says has one.
  @Test func aScriptsProbesAreListedAsItSaysThem() throws {
    let script =
      "interval:s:5 {} interval:ms:100 {} end {} kmem:mm_page_alloc {} kmem:mm_page_alloc {}"
    let words = ["-e", script, "-i", UsageTests.reclaim]
    let plain = try MMQRun(["-l"] + words)
    #expect(
      plain.output
        == "interval:s:5\ninterval:ms:100\nend\ntracepoint:kmem:mm_page_alloc\n", "\(plain.errors)")
    let fields = try MMQRun(["-lv"] + words).output
    #expect(fields.contains("tracepoint:kmem:mm_page_alloc\n    unsigned long pfn\n"), "\(fields)")
  }

  // MARK: Other slips

  /// Silence would look as if nothing had happened.
  @Test(arguments: ["", "// nothing", "macro one() { 1 }"])
  func anEmptyProgramIsAnError(_ program: String) throws {
    let run = try MMQRun(["-e", program, "-i", UsageTests.reclaim])
    #expect(run.status == 2 && run.output == "")
    #expect(run.errors.hasPrefix("ERROR: stdin: no probes: the program asks nothing\nHINT: "))
    #expect(try MMQRun(["-q", "-e", "no:such_event? {}", "-i", UsageTests.reclaim]).status == 0)
  }

  /// Without a file named `-`.
  @Test func aDashIsStandardOutput() throws {
    let run = try MMQRun(["-q", "-o", "-", "-e", "begin { printf(\"out\"); }"])
    #expect(run.status == 0 && run.output.hasPrefix("out"))
    let record = try MMQRun(["record", "-o", "-", "oom:*", "--", "true"])
    #expect(record.status == 2 && record.errors.contains("name one, as -o trace.dat"))
    #expect(access(Places.package + "/-", F_OK) != 0)
  }

  /// Programs that read tables want their columns.
  @Test func aTableWithoutRowsHasItsHead() throws {
    let script = "oom:mark_victim /pid < 0/ { @[comm, pid] = count(); }"
    let run = try MMQRun(["-q", "-f", "csv", "-e", script, "-i", UsageTests.reclaim])
    #expect(run.status == 0 && run.output == "map,key1,key2,stat,value\n", "\(run.output)")
  }

  /// 0 is the idle task: in a recording it is one as others are; what runs cannot be followed by it.
  @Test func theIdleTaskIsInRecordings() throws {
    let sched = "Tests/Fixtures/captures/sched.dat"
    let program = ["-q", "-e", "sched:* { @[tid] = count(); }", "-i", sched]
    let idle = try MMQRun(program + ["-p", "0"])
    let all = try MMQRun(program)
    let line = all.output.split(separator: "\n").first { $0.hasPrefix("@[0]: ") }
    #expect(line != nil && idle.status == 0)
    #expect(idle.output.split(separator: "\n") == [line])
    let live = try MMQRun(["-p", "0", "-e", "sched:* { @ = count(); }"])
    #expect(live.status == 2 && live.errors == "ERROR: Pid out of range: 0\n")
  }

  /// A guess that is far off helps nobody.
  @Test func whatIsLikeNothingHasNoGuess() throws {
    let run = try MMQRun(["--bogus"])
    #expect(run.status == 2 && run.errors.hasPrefix("Error: Unknown option '--bogus'\n"))
  }

  @Test(arguments: [
    ["help", "recipe", "kswapd"], ["help", "kswapd"], ["recipe", "kswapd", "--help"],
  ])
  func helpKnowsRecipes(_ words: [String]) throws {
    let run = try MMQRun(words)
    #expect(run.status == 0 && run.errors == "" && run.output.hasPrefix("kswapd: "))
  }

  @Test func helpIsHelpOfACommand() throws {
    for words in [["help", "record"], ["record", "--help"]] {
      let run = try MMQRun(words)
      #expect(run.status == 0 && run.output.contains("USAGE: mmq record"))
    }
    let all = try MMQRun(["help"])
    #expect(all.status == 0 && all.output.contains("SUBCOMMANDS:"))
    let lines = all.output.split(separator: "\n").filter { $0.hasPrefix("  mmq ") }
    // None is broken by the width of a screen.
    #expect(lines.count == 9 && lines.allSatisfy { $0.count < 80 })
    #expect(try MMQRun(["--version"]).output.hasPrefix("mmq "))
  }

  /// A name that no event has.
  @Test(arguments: [
    ("vmscn:*", "did you mean vmscan:*?"),
    ("vmscan:mm_vmscan_kswapd_wak", "did you mean vmscan:mm_vmscan_kswapd_wake?"),
    ("mm:mm_page_alloc", "did you mean kmem:mm_page_alloc?"),
    ("vmscan:nothing", "mmq list -i FILE 'vmscan:*' shows those of vmscan"),
    ("nothing:nothing", "mmq list -i FILE shows those there are"),
    ("vmscan", "vmscan is a system of tracepoints: vmscan:* names them all"),
    ("mm_page_alloc", "did you mean kmem:mm_page_alloc?"),
  ])
  func unknownEventsAreGuessed(_ name: String, _ hint: String) throws {
    let run = try MMQRun(["-e", "\(name) { @ = count(); }", "-i", UsageTests.reclaim])
    #expect(run.status == 2 && run.errors.contains("HINT: \(hint)\n"), "\(run.errors)")
    guard name.contains(":") else { return }
    let optional = try MMQRun(["-e", "\(name)? { @ = count(); }", "-i", UsageTests.reclaim])
    #expect(!optional.errors.contains("HINT"))
  }

  @Test func aListWithoutMatchesIsGuessed() throws {
    let run = try MMQRun(["list", "-i", UsageTests.reclaim, "vmscn"])
    #expect(run.status == 1)
    #expect(run.errors == "mmq: no tracepoint matches 'vmscn'; did you mean vmscan?\n")
  }

  @Test func severalScriptsAreChecked() throws {
    let run = try MMQRun([
      "check", "-i", UsageTests.reclaim, "Examples/direct-reclaim.mmq", "/nonexistent.mmq",
      "Examples/compaction.mmq",
    ])
    #expect(run.status == 2 && run.errors.contains("mmq: /nonexistent.mmq: No such file"))
    #expect(run.errors.contains("direct-reclaim.mmq: ok"))
    let words = try MMQRun(["check", "-i", UsageTests.reclaim, "-e", "begin { @ = $1 }", "--", "5"])
    #expect(words.status == 0 && words.errors == "stdin: ok, 1 probe\n")
  }

  @Test func coloursAreForThoseWhoWantThem() throws {
    let red = "\u{1b}[1;31mERROR:\u{1b}[0m"
    func errors(_ words: [String], _ environment: [String: String] = [:]) throws -> String {
      try MMQRun(
        ["check", "-i", UsageTests.reclaim, "-e", "foo { }"] + words, environment: environment
      )
      .errors
    }
    let plain = try errors([])
    #expect(plain.hasPrefix("stdin:1:1-4: ERROR: 'foo' is no probe\nfoo { }\n~~~\nHINT: "))
    #expect(try errors(["--color=never"]) == plain && errors(["--color", "auto"]) == plain)
    let colored = try errors(["--color=always"], ["NO_COLOR": "1"])
    #expect(colored.hasPrefix("stdin:1:1-4: \(red) 'foo' is no probe\nfoo { }\n\u{1b}[1;31m~~~"))
    let events = try MMQRun(["events", "--color=always", "-i", UsageTests.reclaim, "foo"])
    #expect(events.errors.contains(red))
  }
}
