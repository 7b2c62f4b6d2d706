// Maps that no core's own cache holds: where rows are fetched early, results are those of keys that nobody can
// know early.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct LargeMapTests {
  private static let layout = RingLayout(
    byteOrder: .little, commitSize: 8, dataOffset: 16, subBufferSize: 4096)

  /// Numbers and threads at random, 40,000 of each; a block of pages for each CPU in turn.
  private static func recording() throws -> TemporaryPath {
    var random = SeededRandom(seed: 3)
    var metadata = RecordingMetadata(byteOrder: .little, longSize: 8, pageSize: 4096, cpuCount: 2)
    metadata.setLayout(layout)
    metadata.setFormats([("made", MadeTick.format)])
    let file = TemporaryPath()
    let writer = try TraceDatWriter(
      path: file.path, metadata: metadata, options: .init(version: 7, compression: .zstd))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    for cpu in 0..<2 as Range<UInt32> {
      try writer.beginCPU(cpu)
      for number in 0..<600 as Range<UInt64> {
        let start = 1_000_000 + number * 2_000_000 + UInt64(cpu) * 700_000
        var page = SubBufferWriter(layout, stamp: start)
        for event in 0..<160 as Range<UInt64> {
          let n = UInt64.random(in: 0..<40_000, using: &random) &* 0x0001_0001_0001_0001
          let record = MadeTick.record(
            n, .little, thread: Int32.random(in: -20_000..<20_000, using: &random))
          let isAdded = page.record(record, at: start + event * 1000)
          #expect(isAdded)
        }
        try page.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
      }
    }
    try writer.finish()
    return file
  }

  private static func output(_ text: String, _ path: String, jobs: Int) throws -> String {
    let source = try TraceDat(path: path)
    let script = Script(Source(name: "large", text), for: Target(source))
    var options = RunOptions()
    options.jobs = jobs
    var bytes: [UInt8] = []
    let session = try Session(
      script, source, sink: TextRenderer { bytes += Array($0) }, options: options)
    _ = try session.start()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `K` is a field as it lies in the record, or a sum that is the same.
  @Test(arguments: [
    "t:made:tick { @[K] = count(); @s[K, 1] = sum(T); @t[T] = max(K); }",
    "t:made:tick / @[K] / { @h = hist(nsecs - @[K]); @n++; delete(@, K); } t:made:tick { @[K] = nsecs; }",
    "t:made:tick { @[T] += K; if (K % 3 == 0) { delete(@, T); } @b[(uint8)K, (int16)T] = count(); }",
  ])
  func rowsThatAreFetchedEarly(_ text: String) throws {
    let file = try Self.recording()
    let known = text.replacing("K", with: "args.number").replacing("T", with: "tid")
    let unknown = text.replacing("K", with: "(args.number + 0)").replacing("T", with: "(tid + 0)")
    let wanted = try Self.output(unknown, file.path, jobs: 1)
    #expect(wanted.split(separator: "\n").count > 10_000)
    for jobs in 1...2 {
      let isSame = try Self.output(known, file.path, jobs: jobs) == wanted
      #expect(isSame, "\(text) on \(jobs)")
    }
  }
}
