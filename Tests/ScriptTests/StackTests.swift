// kstack: of recordings that are made for it, and of captures against what trace-cmd and perf say.

import Foundation
import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct StackTests {
  /// Standard output and warnings.
  static func run(
    _ text: String, _ source: any TraceSource, jobs: Int? = nil, partSize: Int = 4096,
    symbols: KernelSymbols? = nil
  ) throws -> (output: String, warnings: [String]) {
    let script = Script(Source(name: "stacks", text), for: Target(source))
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(problems)")
    var options = RunOptions()
    options.jobs = jobs
    options.kernelSymbols = symbols
    (options.partSize, options.tickPartSize) = (partSize, partSize)
    var bytes: [UInt8] = []
    let sink = TextRenderer(separator: "") { bytes += Array($0) }
    let outcome = try Session(script, source, sink: sink, options: options).start()
    return (String(decoding: bytes, as: UTF8.self), outcome.warnings)
  }

  // MARK: Made recordings

  static let recordings = [
    StackRecording(), StackRecording(order: .big), StackRecording(longSize: 4),
    StackRecording(order: .big, longSize: 4), StackRecording(version: 6),
    StackRecording(compression: .zstd),
  ]

  /// Read as a whole, in parts of one sub-buffer each, tick by tick, and in order of time.
  static let manners: [(script: String, jobs: Int?, partSize: Int)] = {
    let sum = "made:tick { @[args.number, kstack(raw)] = count(); } "
    let tick = sum + "interval:us:150 { @ticks++; } end { clear(@ticks); }"
    let ordered =
      "made:tick { @last = nsecs; @[args.number, kstack(raw)]++; } end { clear(@last); }"
    return [sum, tick, ordered].flatMap { script in
      [(1, 1 << 20), (1, 4096), (3, 4096), (3, 8192)].map { (script, $0, $1) }
    }
  }()

  @Test(arguments: recordings, manners)
  func eachEventHasTheStackBehindIt(
    _ recording: StackRecording, _ manner: (script: String, jobs: Int?, partSize: Int)
  ) throws {
    let found = try Self.run(
      manner.script, try recording.open(), jobs: manner.jobs, partSize: manner.partSize)
    // Rows of equal counts go by their keys.
    let wanted = StackRecording.depths.keys.sorted().map { number in
      let addresses = StackRecording.addresses(of: number).map { String($0, radix: 16) + "\n" }
      return "@[\(number), \n\(addresses.joined())]: 2\n"
    }
    #expect(found.output == wanted.joined())
    let missing = StackRecording.missing * 2
    #expect(
      found.warnings == [
        "WARNING: \(missing) of 32 events have no stack; theirs is empty",
        "WARNING: damaged stacks were read as far as they go, 2 times",
      ])
  }

  @Test func withoutStacksItIsSaid() throws {
    let found = try Self.run("made:tick { @[kstack] = count(); }", try MadeTrace.open())
    #expect(found.output == "@[\n]: 6\n")
    #expect(
      found.warnings == [
        "WARNING: no event has a stack: trace-cmd record -T and perf record -g record them"
      ])
  }

  @Test(arguments: [1, 3]) func aSelectionOfRecordsHasItsStacks(_ jobs: Int) throws {
    let source = try StackRecording().open()
    var options = RunOptions()
    options.jobs = jobs
    options.partSize = 4096
    options.selection = Selection()
    options.selection?.cpus = [1]
    options.selection?.to = .afterStart(4000)
    let text = "made:tick { @[len(kstack)] = count(); }"
    let script = Script(Source(name: "stacks", text), for: Target(source))
    var bytes: [UInt8] = []
    let sink = TextRenderer(separator: "") { bytes += Array($0) }
    _ = try Session(script, source, sink: sink, options: options).start()
    // The stack of the last one is later than what was asked for.
    #expect(String(decoding: bytes, as: UTF8.self) == "@[1]: 1\n@[2]: 1\n@[3]: 1\n")
  }

  // MARK: States

  /// A state has functions by name: those of another kernel lie elsewhere.
  @Test(arguments: ["bpftrace", "perf", "raw"]) func statesKeepStacks(_ mode: String) throws {
    let sums =
      "kmem:mm_page_alloc { @[comm, kstack(\(mode))] = count(); } "
      + "end { for ($kv : @) { @depths[len($kv.0.1)] = sum($kv.1); } }"
    let values = "kmem:mm_page_alloc { @last[cpu] = kstack(\(mode), 2); } "
    let whole = try StateRun(values + sums, try StateRun.open("stacks.dat"))
    #expect(whole.output.contains("trace_event_raw_event_mm_page_alloc") == (mode != "raw"))
    #expect(Self.rowSet(try SavedState(whole.state.bytes).text()) == Self.rowSet(whole.output))
    let all = try StateRun(sums, try StateRun.open("stacks.dat"))
    let halves = try [0, 1].map { cpu in
      try StateRun.state(sums, "stacks.dat") { $0.cpus = [cpu] }
    }
    let merged = try #require(try SavedState.merged(halves)).text()
    #expect(Self.rowSet(merged) == Self.rowSet(all.output))
  }

  /// Equal counts are ordered by keys, and those of a state are names.
  private static func rowSet(_ text: String) -> Set<String> {
    Set(text.components(separatedBy: "\n@").map { $0.trimmingCharacters(in: ["@", "\n"]) })
  }

  // MARK: Captures

  /// How often each stack comes, as `address function` lines, by what trace-cmd prints: a stack is that of
  /// the last event of its CPU.
  static let traceCommand = """
    /kernel_stack: +<stack trace/ { if (stack != "") seen[stack]++; stack = "" }
    /^=> / { gsub(/[()]/, ""); stack = stack $3 " " $2 ";" }
    END { if (stack != "") seen[stack]++; for (stack in seen) print seen[stack], stack }
    """

  @Test func stacksAreThoseOfTraceCommand() throws {
    let path = try #require(Places.capture("stacks.dat"))
    guard
      let text = try Self.output(
        "trace-cmd report '\(path)' 2>/dev/null | awk '\(Self.traceCommand)'")
    else { return print("SKIP StackTests.stacksAreThoseOfTraceCommand: there is no trace-cmd") }
    let found = try Self.run(
      "kmem:mm_page_alloc { @[kstack(perf)] = count(); }", try SourceFormat.open(path: path))
    #expect(try Self.rows(found.output) == Self.counts(text))
    #expect(found.warnings.isEmpty)
  }

  static let perfScript = """
    function put() { if (isSample) seen[stack]++; stack = ""; isSample = 0 }
    /^$/ { put(); next }
    /^\\t/ { if ($1 ~ /^ffff/) stack = stack $1 ";"; next }
    { isSample = 1 }
    END { put(); for (stack in seen) print seen[stack], stack }
    """

  @Test(arguments: ["stacks.perf.data", "group.perf.data"])
  func stacksAreThoseOfPerf(_ capture: String) throws {
    guard Places.has(capture, for: "StackTests.stacksAreThoseOfPerf"),
      let path = Places.capture(capture)
    else { return }
    // perf names functions of the running kernel, so that only addresses can be compared.
    let command = "perf script -i '\(path)' -F event,ip 2>/dev/null | awk '\(Self.perfScript)'"
    guard let text = try Self.output(command) else {
      return print("SKIP StackTests.stacksAreThoseOfPerf: there is no perf")
    }
    let found = try Self.run("*:* { @[kstack(raw)] = count(); }", try SourceFormat.open(path: path))
    #expect(try Self.rows(found.output) == Self.counts(text))
    #expect(found.warnings.isEmpty)
  }

  /// Rows `@[\n…]: N` as counts by the lines of the key, offsets left out.
  private static func rows(_ output: String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for row in output.matches(of: /@\[\n((?:[^\]]*\n)?)\]: ([0-9]+)/) {
      let lines = row.1.split(separator: "\n").map { line in
        line.trimmingPrefix("\t").prefix { $0 != "+" } + ";"
      }
      counts[lines.joined(), default: 0] += try #require(Int(row.2))
    }
    return counts
  }

  /// Lines `N STACK`.
  private static func counts(_ text: String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      counts[String(parts[1]), default: 0] += try #require(Int(parts[0]))
    }
    return counts
  }

  /// nil where the command prints nothing.
  private static func output(_ command: String) throws -> String? {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", command]
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    return text.isEmpty ? nil : text
  }
}
