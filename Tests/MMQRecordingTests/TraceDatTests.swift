// Whole recordings, made on purpose, through the writer and back.

import Foundation
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct TraceDatTests {
  static let shapes: [MadeRecording] = {
    var shapes: [MadeRecording] = []
    for (version, compression) in [
      (6, RecordingCompression.none), (7, .none), (7, .zlib), (7, .zstd),
    ] {
      for order in [ByteOrder.little, .big] {
        for longSize in [4, 8] {
          for size in [4096, 16384, 65536] {
            shapes.append(
              MadeRecording(
                version: version, compression: compression, order: order, longSize: longSize,
                subBufferSize: size))
          }
        }
      }
    }
    return shapes
  }()

  @Test(arguments: shapes)
  func everyShape(_ shape: MadeRecording) throws {
    var shape = shape
    shape.instances = ["one", "two"]
    let file = try shape.file()
    let source = try file.traceDat()
    let tally = try Tally(source, keepsRecords: true)
    let each = shape.eventsPerBuffer
    #expect(tally.events == ["test:tick": each * 3 / 2, "test:tock": each * 3 / 2])
    #expect(tally.perBuffer == ["": each, "one": each, "two": each])
    #expect(tally.perCPU == ["0": each * 3 / 2, "1": each * 3 / 2])
    #expect(tally.pages == 18 && tally.corruptPages == 0)
    let numbers = (0..<UInt64(shape.pagesPerCPU * shape.eventsPerPage))
    #expect(tally.numbers == [[UInt64]](repeating: Array(numbers), count: 6).flatMap { $0 })
    #expect(tally.times.prefix(3) == [1_000_000, 1_001_000, 1_002_000])
    #expect(source.machine.longSize == shape.longSize)
    #expect(source.machine.byteOrder == shape.order)
    #expect(source.damage.findings.isEmpty, "\(source.damage.findings)")
    #expect(try Tally(source, keepsRecords: true) == tally, "a second pass")
  }

  @Test(arguments: [6, 7])
  func metadata(_ version: Int) throws {
    var shape = MadeRecording(version: version)
    shape.options += [(9, "3.1.6"), (2, "CPU: 0\nentries: 5\n"), (2, "\nBuffer: one\n\n")]
    shape.options += [(2, "CPU: 1\nentries: 6\n")]
    let file = TemporaryFile()
    let writer = try TraceDatWriter(
      path: file.path, metadata: shape.metadata,
      options: .init(version: version, compression: .none))
    try writer.beginBuffer(name: "", clock: "mono", pageSize: 4096)
    try writer.finish()
    let source = try file.traceDat()
    #expect(source.version == version)
    #expect(source.schemas.map(\.fullName) == ["ftrace:print", "test:tick", "test:tock"])
    #expect(source.savedComms.map(\.tid) == [1, 42])
    #expect(source.savedComms.map(\.comm) == ["init", "a b: c"])
    #expect(source.printkFormats == "0xffffffff82819092 : \"hello\"\n")
    #expect(source.machine.uname == "Linux test 6.1.0")
    #expect(source.machine.kernelRelease == "6.1.0")
    #expect(source.recorder == "3.1.6")
    #expect(source.clock == TraceClock(name: "mono"))
    #expect(source.cpuStatistics.map(\.buffer) == ["", "one"])
    #expect(source.cpuStatistics.map(\.text) == ["CPU: 0\nentries: 5\n", "CPU: 1\nentries: 6\n"])
    #expect(source.kernelSymbols() !== KernelSymbols.none)
    #expect(source.openStreams().isEmpty)
  }

  @Test func timesAreCorrected() throws {
    var shape = MadeRecording()
    shape.options += [(1, "0x10"), (7, "-500")]
    let file = try shape.file()
    let source = try file.traceDat()
    #expect(source.clock.isWallClock)
    #expect(try Tally(source).first == 1_000_000 + 16_000 - 500)
    var metadata = shape.metadata
    metadata.options = []
    metadata.addCycles(.init(multiplier: 3, shift: 1, offset: 7))
    let writer = try TraceDatWriter(path: file.path, metadata: metadata)
    try writer.beginBuffer(name: "", clock: "x86-tsc", pageSize: 4096)
    try writer.beginCPU(0)
    try shape.page(cpu: 0, from: 0).withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    try writer.finish()
    let cycles = try file.traceDat()
    #expect(cycles.clock.isNanoseconds)
    #expect(try Tally(cycles).first == 1_500_007)
  }

  @Test func aTimeShiftIsNotSilent() throws {
    var shape = MadeRecording()
    shape.options += [(12, "a shift of a guest's recording")]
    #expect(try shape.file().traceDat().damage.kinds == ["time shift"])
  }

  @Test func aLatencyTraceIsRefused() throws {
    var bytes = try MadeRecording(version: 6).file().bytes
    let range = try #require(Data(bytes).range(of: Data("flyrecord\0".utf8)))
    bytes.replaceSubrange(range, with: Array("latency  \0".utf8))
    let file = TemporaryFile(bytes)
    let error = #expect(throws: TraceError.self) { try file.traceDat() }
    #expect(error?.message.contains("latency") == true)
  }

  @Test func aPipeIsRead() throws {
    let file = try MadeRecording(compression: .zstd).file()
    let pipe = TemporaryFile()
    #expect(mkfifo(pipe.path, 0o600) == 0)
    let bytes = file.bytes
    let path = pipe.path
    let feeder = Thread {
      guard let target = fopen(path, "w") else { return }
      bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, target) }
      fclose(target)
    }
    feeder.start()
    let source = try pipe.open()
    #expect(try Tally(source).total == MadeRecording().eventsPerBuffer)
  }

  @Test func otherFilesAreNamed() throws {
    for (bytes, words) in [
      ([], "empty"), (Array("PERFILE2rest".utf8), "ends early"), (Array("# tracer\n".utf8), "text"),
      ([0x28, 0xb5, 0x2f, 0xfd, 0], "zstd"), ([0, 1, 2], "00 01 02"),
    ] as [([UInt8], String)] {
      let file = TemporaryFile(bytes)
      let error = #expect(throws: TraceError.self) { try file.open() }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    #expect(throws: TraceError.self) { try SourceFormat.open(path: "/") }
    #expect(throws: TraceError.self) { try SourceFormat.open(path: "/nothing/here") }
  }
}
