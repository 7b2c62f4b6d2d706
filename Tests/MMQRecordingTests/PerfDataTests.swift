// perf.data: made files whose content is known, and perf's own count of real ones.

import Foundation
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct PerfDataTests {
  /// Two CPUs, 100 samples each, in rounds of 10, as perf drains its buffers.
  private func usual(_ order: ByteOrder = .little) -> MadePerf {
    var perf = MadePerf(order)
    fill(&perf)
    return perf
  }

  private func fill(_ perf: inout MadePerf) {
    for round in 0..<10 {
      for cpu in 0..<2 as Range<UInt32> {
        for k in (round * 10)..<(round * 10 + 10) {
          let time = 1_000_000 + UInt64(k) * 300_000_000 + UInt64(cpu)
          perf.sample(k % 2, cpu: cpu, time: time, UInt64(k))
        }
      }
      perf.finishedRound()
    }
  }

  private func open(_ bytes: [UInt8]) throws -> (TemporaryFile, any TraceSource) {
    let file = TemporaryFile(bytes)
    return (file, try file.open())
  }

  private func expectUsual(_ bytes: [UInt8], _ what: String) throws {
    let (_, source) = try open(bytes)
    let tally = try Tally(source, keepsRecords: true)
    #expect(tally.events == ["test:tick": 100, "test:tock": 100], "\(what)")
    #expect(tally.perCPU == ["0": 100, "1": 100], "\(what)")
    #expect(tally.numbers == (0..<200).map { UInt64($0 % 100) }, "\(what)")
    #expect(tally.first == 1_000_000 && tally.last == 29_701_000_001, "\(what)")
    #expect(source.damage.findings.isEmpty, "\(what): \(source.damage.findings)")
    #expect(source.machine.kernelRelease == "6.1.0-test", "\(what)")
  }

  @Test(arguments: [ByteOrder.little, .big]) func filesAndPipes(_ order: ByteOrder) throws {
    var perf = usual(order)
    try expectUsual(perf.file, "file")
    try expectUsual(perf.compressed().file, "compressed")
    perf.isPipe = true
    try expectUsual(perf.file, "pipe")
    try expectUsual(perf.compressed(pieces: 7).file, "compressed pipe")
  }

  /// Only between two records before the first event nobody knows that there is more.
  @Test func aPipeThatBrokeIsSaidToBeCut() throws {
    var perf = usual()
    perf.isPipe = true
    let bytes = perf.file
    var (size, unknown) = (17, 0)
    while true {
      do {
        _ = try open(Array(bytes.prefix(size)))
        break
      } catch let error as TraceError {
        if error.message.contains("holds no tracepoints") { unknown += 1 }
      }
      size += 1
    }
    #expect(size > 200 && size < bytes.count && unknown == 1, "\(size) \(unknown)")
  }

  @Test func otherPartsOfSamplesArePassed() throws {
    // IP, ID, callchains, counters of a group, each with time, and attributes of a later perf.
    for (more, format) in [(1 << 0 | 1 << 5, 0x14), (1 << 4, 0x14), (1 << 4 | 1 << 6, 0x1c)] {
      var perf = MadePerf()
      perf.sampleType |= UInt64(more)
      perf.readFormat = UInt64(format)
      perf.attributeSize = 144
      fill(&perf)
      try expectUsual(perf.file, "\(more)")
    }
    // As for a single event: nothing says of which event a sample is.
    var perf = MadePerf()
    perf.sampleType &= ~(1 << 16)
    fill(&perf)
    try expectUsual(perf.file, "without identifier")
  }

  @Test func clocks() throws {
    var perf = usual()
    #expect(try open(perf.file).1.clock.name == "perf")
    for (number, name) in [(1, "mono"), (7, "boot"), (11, "tai")] {
      perf = MadePerf(.big)
      perf.clock = Int32(number)
      fill(&perf)
      #expect(try open(perf.file).1.clock.name == name)
    }
  }

  /// Several buffers were filled on one CPU: their samples are merged by time.
  // MARK: Not one record for each event

  private func notes(_ perf: MadePerf) throws -> [String] {
    let (_, source) = try open(perf.file)
    for _ in 0..<2 { _ = try Tally(source) }
    #expect(!source.damage.hasErrors)
    return source.damage.findings.map(\.first)
  }

  /// Samples by frequency, or of each so many events, stand for more: that is said, once.
  @Test func samplesStandForMore() throws {
    var perf = MadePerf()
    perf.isFrequency = true
    perf.periods = [200, 1]
    for (number, period) in [1, 5000, 44].enumerated() as EnumeratedSequence<[UInt64]> {
      perf.sample(0, cpu: UInt32(number % 2), time: 100 + UInt64(number), 0, of: period)
    }
    perf.sample(1, cpu: 0, time: 200, 0)
    let wanted = [
      "test:tick: samples, not all events (perf record -F 200): 3 of them stand for 5045 events",
      "test:tock: samples, not all events (perf record -F 1): 1 of them stand for 1 events",
    ]
    #expect(try notes(perf) == wanted)
    #expect(try notes(perf.compressed()) == wanted)
    perf.isFrequency = false
    #expect(try notes(perf) == [wanted[0].replacing("-F", with: "-c")])
  }

  /// Without the period in each sample it is that of the event.
  @Test func eachOfSoMany() throws {
    var perf = MadePerf()
    perf.sampleType &= ~(1 << 8)
    perf.periods = [1000, 1]
    for time in 0..<7 as Range<UInt64> { perf.sample(0, cpu: 0, time: 100 + time, 0) }
    #expect(
      try notes(perf) == [
        "test:tick: samples, not all events (perf record -c 1000): 7 of them stand for 7000 events"
      ])
  }

  /// Of a group whose leader is sampled, the others have counters only.
  @Test func membersWithoutSamples() throws {
    var perf = MadePerf()
    perf.periods = [1, 0]
    perf.sample(0, cpu: 0, time: 100, 0)
    #expect(
      try notes(perf) == [
        "test:tock: perf only counted its events, with those of a leader (:S): none of them is recorded"
      ])
  }

  @Test func interleavedBuffers() throws {
    var perf = MadePerf()
    for buffer in 0..<3 as Range<UInt64> {
      for k in 0..<50 as Range<UInt64> {
        perf.sample(0, cpu: 1, time: 1000 + k * 30 + buffer * 10, k * 3 + buffer)
      }
    }
    let (_, source) = try open(perf.file)
    let tally = try Tally(source, keepsRecords: true)
    #expect(tally.numbers == (0..<150).map { UInt64($0) })
    #expect(tally.times == (0..<150).map { 1000 + UInt64($0) * 10 })
  }

  @Test func lossesAreNotCountedTwice() throws {
    var perf = MadePerf()
    perf.idIndex(cpus: 2)
    perf.sample(0, cpu: 0, time: 1000, 0)
    perf.lost(17, cpu: 0, time: 2000)
    perf.sample(0, cpu: 0, time: 2000, 1)
    perf.sample(0, cpu: 1, time: 3000, 2)
    perf.lostSamples(20, cpu: 0)
    perf.lostSamples(1000, cpu: 1, byFilter: true)
    let (_, source) = try open(perf.file)
    var losses: [LostEvents] = []
    for stream in try source.openStreams() {
      var lane = Lane(stream)
      while lane.next() { while let gap = lane.takeGap() { losses.append(gap.lost) } }
      while let gap = lane.takeGap() { losses.append(gap.lost) }
    }
    // 17 where they were lost, and 3 more that only the sum at the end knows of.
    #expect(losses == [.counted(17), .counted(3)])
    #expect(try Tally(source).total == 3)
  }

  @Test(arguments: [ByteOrder.little, .big]) func tasks(_ order: ByteOrder) throws {
    var perf = MadePerf(order)
    perf.comm("sh", tid: 10, process: 10, time: 0)
    perf.sample(0, cpu: 0, time: 1000, tid: 10, 0)
    // Not in order of time, as the buffers of two CPUs are drained one after the other.
    perf.comm("load", tid: 20, process: 20, time: 3000)
    perf.fork(20, process: 20, from: 10, time: 2000)
    perf.fork(21, process: 20, from: 20, time: 4000)
    perf.sample(0, cpu: 0, time: 5000, tid: 21, 1)
    perf.comm("late", tid: 10, process: 10, time: 6000)
    let (_, source) = try open(perf.file)
    #expect(source.schemas.map(\.name) == ["tick", "tock"])
    let names = TaskNames(saved: [], schemas: source.taskSchemas)
    let groups = ThreadGroups(schemas: source.taskSchemas)
    var seen: [String] = []
    for stream in try source.openTaskStreams() {
      #expect(stream.tellsOfTasksOnly)
      var lane = Lane(stream)
      while lane.next() {
        let found = lane.record
        let record = found.record(order)
        let type = Int(found.base.load(UInt16.self, at: 0, order))
        names.pass(type, record)
        groups.pass(type, record)
        seen.append(
          "\(found.stamp) \([10, 20, 21].map { name(names, $0) + "/\(groups.group(of: $0) ?? 0)" })"
        )
      }
    }
    #expect(
      seen.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) == [
        #"1000 ["sh/10", "?/0", "?/0"]"#, #"2000 ["sh/10", "sh/20", "?/0"]"#,
        #"3000 ["sh/10", "load/20", "?/0"]"#, #"4000 ["sh/10", "load/20", "load/20"]"#,
      ])
  }

  private func name(_ names: TaskNames, _ tid: Int32) -> String {
    names.name(of: tid).map { String(decoding: $0, as: UTF8.self) } ?? "?"
  }

  // MARK: Damage

  /// A cut pipe yields what came before the cut; of a cut file the formats are lost.
  @Test func cuts() throws {
    var perf = usual()
    #expect(throws: TraceError.self) { try open(Array(perf.file.dropLast(2500))) }
    perf.isPipe = true
    let whole = perf.file
    var last = 0
    for size in stride(from: whole.count - 200 * 72, to: whole.count, by: 997) {
      let (_, source) = try open(Array(whole[..<size]))
      let total = try Tally(source).total
      #expect(total >= last && total < 200 && source.damage.hasErrors)
      last = total
    }
    #expect(last > 150)
  }

  @Test func whatCannotBeARecordEndsTheData() throws {
    var perf = usual()
    perf.isPipe = true
    var bytes = perf.file
    let place = bytes.count - 100 * 72
    for k in 0..<400 { bytes[place + k] = 0 }
    let (_, source) = try open(bytes)
    let total = try Tally(source).total
    #expect(total > 80 && total < 120 && source.damage.hasErrors)
  }

  @Test(.timeLimit(.minutes(2)), arguments: [false, true])
  func randomMutations(_ isPipe: Bool) throws {
    var perf = usual()
    perf.comm("load", tid: 42, process: 42, time: 0)
    perf.lost(3, cpu: 1, time: 5_000_000)
    perf.isPipe = isPipe
    var random = SeededRandom(seed: isPipe ? 1 : 2)
    var opened = 0
    var changed = 0
    for original in [perf.file, perf.compressed().file] {
      for _ in 0..<150 {
        var bytes = original
        for _ in 0...(random.next() % 6) {
          let place = Int(random.next() % UInt64(bytes.count))
          bytes[place] = [0, 0xff, 0x7f, UInt8(random.next() & 0xff)][Int(random.next() % 4)]
        }
        guard let (_, source) = try? open(bytes) else { continue }
        opened += 1
        let total = try Tally(source).total
        for stream in try source.openTaskStreams() { while stream.nextPage() != nil {} }
        if total != 200 { changed += 1 }
        #expect(total <= original.count * 1024 / 40)
      }
    }
    #expect(opened > 50 && changed > 10)
  }

  // MARK: Real files

  static let captures = ["kmem", "kmem-zstd", "group", "pipe", "stacks"]

  @Test(arguments: captures) func countsWhatPerfCounts(_ name: String) throws {
    let file = "\(name).perf.data"
    guard Places.has(file, for: "PerfDataTests.countsWhatPerfCounts"),
      let path = Places.capture(file)
    else { return }
    guard let counts = try perfScript(path) else {
      print("SKIP PerfDataTests.countsWhatPerfCounts: perf is not installed")
      return
    }
    let source = try SourceFormat.open(path: path)
    #expect(try Tally(source).events == counts)
    #expect(source.damage.findings.isEmpty, "\(source.damage.findings)")
  }

  /// Lines of `perf script` by event; nil where there is no perf.
  private func perfScript(_ path: String) throws -> [String: Int]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["perf", "script", "-i", path, "-F", "event"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    var counts: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let event = line.trimmingCharacters(in: .whitespaces)
      if event.hasSuffix(":") { counts[String(event.dropLast()), default: 0] += 1 }
    }
    return counts
  }
}
