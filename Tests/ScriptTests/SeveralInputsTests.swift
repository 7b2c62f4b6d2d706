// One run over several recordings: merged by time where one clock orders them, else one after the other.

import Foundation
import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct SeveralInputsTests {
  /// What a run prints, and all that it says.
  struct Answer: Equatable {
    var output = ""
    var records: UInt64 = 0
    var losses: [StreamLosses] = []
    var warnings: [String] = []
    var diagnostics: [String] = []
    var notes: [String] = []
    var sources = 0
  }

  static func ask(
    _ text: String, _ inputs: [any TraceSource], jobs: Int = 1, partSize: Int = 20_000
  ) throws -> Answer {
    let set = try InputSet(inputs)
    var answer = Answer(notes: set.notes, sources: set.sources.count)
    var target = Target(set.sources)
    target.host.input = .recording
    let script = Script(Source(name: "several", text), for: target)
    answer.diagnostics = script.diagnostics.map(\.message)
    guard !script.hasErrors else { return answer }
    var options = RunOptions()
    options.jobs = jobs
    options.partSize = partSize
    options.tickPartSize = partSize
    var bytes: [UInt8] = []
    let outcome = try Session(
      script, set.sources[0], followedBy: Array(set.sources.dropFirst()),
      sink: JSONRenderer { bytes += Array($0) }, options: options
    ).start()
    answer.output = String(decoding: bytes, as: UTF8.self)
    answer.records = outcome.records
    answer.losses = outcome.losses
    answer.warnings = outcome.warnings
    return answer
  }

  static func open(_ capture: String) throws -> any TraceSource {
    try SourceFormat.open(path: try #require(Places.capture(capture)))
  }

  /// One with the kernel's symbols, which the fixtures lack; says so where it is skipped.
  private static func shared(_ name: String) -> String? {
    let path = Places.shared(name)
    if path == nil { print("SKIP SeveralInputsTests: \(name) is not in MMQ_SHARED or ../shared") }
    return path
  }

  /// Adds up, keeps the order of time, asks for names, and ticks.
  static let scripts = [
    "kmem:mm_page_alloc { @[comm] = count(); @sum = sum(args.order); }",
    "vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; } "
      + "vmscan:mm_vmscan_direct_reclaim_end / @start[tid] / "
      + "{ @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }",
    "tracepoint:*:* { @[probe] = count(); } interval:ms:500 { print(@); clear(@); }",
    "tracepoint:*:* { @max = max(nsecs); @min = min(nsecs); @[cpu, pid] = count(); }",
    "begin { printf(\"%d\\n\", nsecs); } tracepoint:*:* { @++; @last = nsecs; } "
      + "end { printf(\"%d %d\\n\", nsecs, elapsed); }",
  ]

  /// The pages of a recording, dealt out to two.
  private static func halves(
    of path: String, _ isFirst: @escaping (_ page: Int, _ pages: Int) -> Bool
  ) throws -> [TemporaryPath] {
    let source = try TraceDat(path: path)
    return try [true, false].map { wanted in
      let half = TemporaryPath()
      let writer = try TraceDatWriter(
        path: half.path, metadata: try source.copyMetadata(),
        options: .init(version: 7, compression: .zstd))
      try writer.beginBuffer(name: "", clock: source.clock.name ?? "local", pageSize: 4096)
      let counts = source.openStreams().map { stream in
        var count = 0
        while stream.nextPage() != nil { count += 1 }
        return count
      }
      for (stream, count) in zip(source.openStreams(), counts) {
        try writer.beginCPU(stream.cpu)
        for page in 0..<count {
          guard let bytes = stream.nextPage() else { break }
          if isFirst(page, count) == wanted { try writer.write(bytes) }
        }
      }
      try writer.finish()
      return half
    }
  }

  @Test(arguments: scripts)
  func halvesGiveTheReportOfTheWhole(_ text: String) throws {
    guard Places.has("reclaim.dat", for: "halves of a recording") else { return }
    let path = try #require(Places.capture("reclaim.dat"))
    let whole = try Self.ask(text, [try TraceDat(path: path)])
    #expect(whole.output.count > 20)
    let cuts: [(Int, Int) -> Bool] = [{ $0 < $1 / 2 }, { page, _ in page % 3 == 0 }]
    for cut in cuts {
      let halves = try Self.halves(of: path, cut)
      for jobs in [1, 3] {
        for order in [halves, halves.reversed()] {
          let inputs = try order.map { try TraceDat(path: $0.path) }
          let found = try Self.ask(text, inputs, jobs: jobs)
          #expect(found.output == whole.output, "\(text), \(jobs) jobs")
          #expect(found.records == whole.records)
          #expect(found.sources == 1 && found.notes.isEmpty)
        }
      }
    }
  }

  /// reclaim.dat and oom.dat are of one boot, compaction.dat is of another.
  @Test func bootsAreReadOneAfterTheOther() throws {
    let paths = ["reclaim.dat", "compaction.dat", "oom.dat"].compactMap(Self.shared)
    guard paths.count == 3 else { return }
    let open = { try paths.map { try SourceFormat.open(path: $0) } }
    let text = "tracepoint:*:* { @[probe, comm] = count(); @all = count(); }"
    let all = try Self.ask(text, try open())
    #expect(all.sources == 2)
    #expect(
      all.notes.count == 1 && all.notes[0].hasSuffix("the machine was started in between"))
    for jobs in [2, 3] {
      #expect(try Self.ask(text, try open(), jobs: jobs) == all)
    }
    let counts = try open().map { try Self.count("tracepoint:*:*", [$0]) }
    #expect(try Self.count("tracepoint:*:*", try open()) == counts.reduce(0, +))
    #expect(counts.allSatisfy { $0 > 0 })
  }

  private static func count(_ probe: String, _ inputs: [any TraceSource]) throws -> Int {
    value("@", in: try ask("\(probe) { @ = count(); }", inputs)) ?? 0
  }

  /// Of a map without keys.
  private static func value(_ map: String, in answer: Answer) -> Int? {
    let start = "{\"type\": \"map\", \"data\": {\"\(map)\": "
    let line = answer.output.split(separator: "\n").first { $0.hasPrefix(start) }
    return line.flatMap { Int($0.dropFirst(start.count).prefix { $0.isNumber || $0 == "-" }) }
  }

  /// 6.1 and 6.12 number events differently, and lay some of them out differently.
  @Test func kernelsMayDiffer() throws {
    for name in ["sched.dat", "tools.dat", "reclaim.dat", "everything.dat"] {
      guard Places.has(name, for: "recordings of two kernels") else { return }
    }
    let names = ["sched.dat", "tools.dat", "reclaim.dat", "everything.dat"]
    for probe in ["sched:sched_switch", "kmem:kmalloc", "kmem:mm_page_alloc", "syscalls:*"] {
      let counts = try names.map { try Self.count("\(probe)?", [try Self.open($0)]) }
      let all = try Self.count(probe, try names.map(Self.open))
      #expect(all == counts.reduce(0, +) && all > 0, "\(probe)")
    }
    // Values of fields: each by its own kernel's layout.
    let text = "kmem:mm_page_alloc { @ = sum(args.pfn & 0xfffff); }"
    let inputs = ["everything.dat", "reclaim.dat"]
    let sums = try inputs.compactMap {
      Self.value("@", in: try Self.ask(text, [try Self.open($0)]))
    }
    let both = try Self.ask(text, try inputs.map(Self.open))
    #expect(Self.value("@", in: both) == sums.reduce(0, +) && sums.count == 2)
  }

  /// No event counts twice.
  @Test func oneFileTwice() throws {
    guard let path = Self.shared("lost.dat") else { return }
    let open = { try SourceFormat.open(path: path) }
    #expect(throws: TraceError.self) { try InputSet([try open(), try open()]) }
  }

  @Test func kindsMayDiffer() throws {
    for name in ["reclaim.dat", "kmem.perf.data"] {
      guard Places.has(name, for: "a trace.dat and a perf.data") else { return }
    }
    let inputs = ["kmem.perf.data", "reclaim.dat"]
    let counts = try inputs.map { try Self.count("kmem:mm_page_alloc", [try Self.open($0)]) }
    let both = try Self.ask(
      "kmem:mm_page_alloc { @ = count(); @of[comm] = count(); }", try inputs.map(Self.open))
    #expect(Self.value("@", in: both) == counts.reduce(0, +) && counts.allSatisfy { $0 > 0 })
    #expect(both.sources == 2)
    #expect(both.notes.first?.contains("one has the clock 'perf', the other 'mono'") == true)
    let missing = try Self.ask(
      "vmscan:mm_vmscan_wakeup_kswapd { @ = count(); }", try inputs.map(Self.open))
    #expect(missing.diagnostics.count == 1)
    #expect(missing.diagnostics.first?.contains("kmem.perf.data has no tracepoint") == true)
  }

  /// Two perf.data of one boot are told by the kernel's own mapping.
  @Test func perfDataOfOneBootAreMerged() throws {
    let inputs = ["stacks.perf.data", "kmem-zstd.perf.data", "pipe.perf.data"]
    for name in inputs {
      guard Places.has(name, for: "several perf.data") else { return }
    }
    let starts = try inputs.map { try Self.open($0).kernelStart }
    #expect(starts == [0xffff_ffff_95e0_0000, 0xffff_ffff_95e0_0000, 0xffff_ffff_8f40_0000])
  }

  // MARK: Made recordings

  private func made(
    _ symbols: String = "ffffffff81000000 T _text\n", clock: String = "mono",
    uname: String = "Linux test 6.1", order: ByteOrder = .little, from start: UInt64 = 1000,
    version: Int = 7
  ) throws -> any TraceSource {
    let layout = RingLayout(byteOrder: order, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var metadata = RecordingMetadata(byteOrder: order, longSize: 8, pageSize: 4096, cpuCount: 1)
    metadata.setLayout(layout)
    metadata.setFormats([("test", MadeTick.format)])
    metadata.setKernelSymbols((symbols + "ffffffff82000000 T f\n").utf8)
    metadata.addOption(5, text: uname)
    let file = TemporaryPath()
    let writer = try TraceDatWriter(
      path: file.path, metadata: metadata, options: .init(version: version, compression: .none))
    try writer.beginBuffer(name: "", clock: clock, pageSize: 4096)
    try writer.beginCPU(0)
    var page = SubBufferWriter(layout, stamp: start)
    for number in 0..<5 as Range<UInt64> {
      let isAdded = page.record(MadeTick.record(number, order), at: start + number * 1_000_000)
      #expect(isAdded)
    }
    try page.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    try writer.finish()
    return try withExtendedLifetime(file) { try SourceFormat.open(path: file.path) }
  }

  /// The same first record of the same machine: one recording, whatever file it is in.
  @Test func oneRecordingTwice() throws {
    for (a, b) in [(7, 7), (6, 7), (7, 6)] {
      let inputs = [try made(version: a), try made(from: 5000), try made(version: b)]
      let error = #expect(throws: TraceError.self) { try InputSet(inputs) }
      #expect(
        error?.message
          == "\(inputs[0].name) and \(inputs[2].name) are one recording: its events would count twice"
      )
    }
    #expect(try InputSet([try made(), try made("ffffffff83000000 T _text\n")]).sources.count == 2)
  }

  @Test func reasonsAgainstMerging() throws {
    func note(_ other: any TraceSource) throws -> String? {
      try InputSet([try made(), other]).notes.first
    }
    #expect(try note(try made(from: 5000)) == nil)
    #expect(try note(try made(clock: "local"))?.contains("the other 'local'") == true)
    #expect(try note(try made(uname: "Linux other 6.1"))?.contains("different machines") == true)
    #expect(
      try note(try made("", from: 5000))?.contains("nothing tells whether the machine") == true)
    #expect(
      try note(try made("ffffffff83000000 T _text\n"))?
        .hasSuffix("the machine was started in between") == true)
    #expect(throws: TraceError.self) { try note(try made(order: .big)) }
  }

  /// A second machine's time starts anew, and so do its ticks.
  @Test func ticksOfEachSourceAreItsOwn() throws {
    let text =
      "t:test:tick { @ = count(); } interval:ms:2 { printf(\"%d %d\\n\", nsecs, elapsed); } "
      + "end { printf(\"%d\\n\", nsecs); }"
    let late = "ffffffff83000000 T _text\n"
    let found = try Self.ask(text, [try made(from: 9_000_000), try made(late, from: 1000)])
    for wanted in ["11000000 2000000", "13000000 4000000", "2001000 2000000", "4001000 4000000"] {
      #expect(found.output.contains(wanted), "\(found.output)")
    }
    #expect(Self.value("@", in: found) == 10)
  }

  @Test func symbolsOfEachSourceAreItsOwn() throws {
    let other = try made("ffffffff83000000 T _text\nffffffff81fffff8 T g\n", from: 1000)
    let found = try Self.ask(
      "t:test:tick { @[ksym(0xffffffff82000004)] = count(); }", [try made(), other])
    #expect(found.output.contains("\"f\": 10"), "\(found.output)")
    let address = try Self.ask("begin { @ = kaddr(\"g\"); } t:test:tick { }", [try made(), other])
    #expect(address.diagnostics == ["Failed to resolve kernel symbol: g"])
    let several = try Self.ask("begin { @ = kaddr(\"_text\"); }", [try made(), other])
    #expect(several.diagnostics == ["_text is not at one address in all recordings"])
  }
}

/// An event with a number.
enum MadeTick {
  static let format =
    "name: tick\nID: 500\nformat:\n"
    + "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
    + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
    + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
    + "\tfield:u64 number;\toffset:8;\tsize:8;\tsigned:0;\n\nprint fmt: \"%llu\", REC->number\n"

  static func record(_ number: UInt64, _ order: ByteOrder, thread: Int32 = 7) -> [UInt8] {
    var writer = ByteWriter(order)
    writer.integer(UInt16(500))
    writer.integer(UInt16(0))
    writer.integer(thread)
    writer.integer(number)
    return writer.bytes
  }
}
