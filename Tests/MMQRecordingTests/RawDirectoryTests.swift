// Directories of raw sub-buffers: what a dump of a ring holds, whole, cut, with holes, from anywhere on.

import Foundation
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

/// A directory that is deleted when the test has done with it.
private final class RawDump {
  let path = NSTemporaryDirectory() + "mmq-raw-\(UUID().uuidString)"

  init(_ shape: MadeRecording) throws {
    let file = try shape.file()
    _ = try withExtendedLifetime(file) { try RawCopy().copy(try file.traceDat(), to: path) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open() throws -> RawDirectory { try RawDirectory(path: path) }

  func file(_ cpu: Int) -> String { "\(path)/per_cpu/cpu\(cpu)/trace_pipe_raw" }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  /// Changes the bytes of a CPU.
  func change(_ cpu: Int, _ body: (inout Data) -> Void) throws {
    let place = URL(fileURLWithPath: file(cpu))
    var data = try Data(contentsOf: place)
    body(&data)
    try data.write(to: place)
  }
}

@Suite struct RawDirectoryTests {
  @Test(arguments: [
    MadeRecording(version: 6), MadeRecording(version: 7, compression: .zstd, instances: ["one"]),
    MadeRecording(version: 6, order: .big), MadeRecording(version: 6, longSize: 4),
    MadeRecording(version: 6, order: .big, longSize: 4, subBufferSize: 16384),
  ])
  func holdsWhatTheRecordingHolds(_ shape: MadeRecording) throws {
    let dump = try RawDump(shape)
    let recording = try shape.file().traceDat()
    let raw = try dump.open()
    #expect(try Tally(raw, keepsRecords: true) == Tally(recording, keepsRecords: true))
    #expect(raw.damage.findings.isEmpty, "\(raw.damage.kinds)")
    #expect(raw.machine.byteOrder == shape.order)
    #expect(raw.machine.longSize == shape.longSize)
    #expect(raw.machine.uname == "Linux test 6.1.0")
    #expect(raw.clock.name == "mono")
    #expect(raw.kernelSymbols().count == 2)
    #expect(raw.savedComms.map(\.comm) == ["init", "a b: c"])
    #expect(raw.printkFormats == "0xffffffff82819092 : \"hello\"")
    #expect(raw.schemas.map(\.fullName) == ["ftrace:print", "test:tick", "test:tock"])
  }

  @Test(arguments: [
    MadeRecording(version: 6, subBufferSize: 4096),
    MadeRecording(version: 6, order: .big, longSize: 4, subBufferSize: 16384),
  ])
  func withoutHeaderPageTheDataDecides(_ shape: MadeRecording) throws {
    var shape = shape
    shape.eventsPerPage = shape.subBufferSize / 24
    let dump = try RawDump(shape)
    try dump.remove("events/header_page")
    let raw = try dump.open()
    #expect(
      try Tally(raw, keepsRecords: true) == Tally(try shape.file().traceDat(), keepsRecords: true))
    #expect(raw.damage.kinds == ["header_page"])
  }

  /// Four pages as dd(1) with blocks of 4096 bytes takes them from a ring with larger sub-buffers.
  @Test func aWrongHeaderPageIsSaid() throws {
    let shape = MadeRecording(version: 6, pagesPerCPU: 8, eventsPerPage: 170)
    let dump = try RawDump(shape)
    var large = shape
    large.subBufferSize = 16384
    let other = try RawDump(large)
    try dump.remove("events/header_page")
    try FileManager.default.copyItem(
      atPath: other.path + "/events/header_page", toPath: dump.path + "/events/header_page")
    let raw = try dump.open()
    #expect(try Tally(raw).total == shape.eventsPerBuffer)
    #expect(raw.damage.findings.map(\.first).first?.hasPrefix("header_page does not fit") == true)
  }

  @Test func namesOfFiles() throws {
    let shape = MadeRecording(version: 6, cpus: 4)
    let dump = try RawDump(shape)
    let places = ["per_cpu/cpu0x", "cpu1", "trace.dat.cpu2", "cpu3.raw"]
    for cpu in 0..<4 {
      try FileManager.default.moveItem(
        atPath: dump.file(cpu), toPath: "\(dump.path)/\(places[cpu])")
      try dump.remove("per_cpu/cpu\(cpu)")
    }
    #expect(try Tally(try dump.open()).perCPU == ["1": 60, "2": 60, "3": 60])
    try FileManager.default.moveItem(
      atPath: "\(dump.path)/per_cpu/cpu0x", toPath: "\(dump.path)/per_cpu/cpu0")
    #expect(try Tally(try dump.open()).total == 240)
    try FileManager.default.copyItem(
      atPath: "\(dump.path)/cpu1", toPath: "\(dump.path)/cpu0")
    let doubled = try dump.open()
    #expect(doubled.damage.kinds == ["doubled CPU"])
    #expect(try Tally(doubled).total == 240)
  }

  @Test func formatsMayLieElsewhere() throws {
    let shape = MadeRecording(version: 6)
    let dump = try RawDump(shape)
    let elsewhere = try RawDump(shape)
    try dump.remove("events")
    #expect(throws: TraceError.self) { try dump.open() }
    for place in [elsewhere.path, elsewhere.path + "/events"] {
      let formats = try EventFormats(path: place, DamageLog())
      let raw = try RawDirectory(path: dump.path, formats: formats)
      #expect(try Tally(raw).events == ["test:tick": 60, "test:tock": 60])
    }
    try FileManager.default.moveItem(
      atPath: elsewhere.path + "/events", toPath: dump.path + "/formats")
    #expect(try Tally(try dump.open()).total == 120)
  }

  @Test func directoriesThatAreNone() throws {
    let dump = try RawDump(MadeRecording(version: 6))
    try dump.remove("per_cpu")
    #expect(try complaint(about: dump.path).hasPrefix("is a directory without sub-buffers"))
    guard let tracefs = try? Tracefs().path else { return print("SKIP: there is no tracefs") }
    #expect(try complaint(about: tracefs).contains("leave -i out"))
  }

  private func complaint(about path: String) throws -> String {
    try #require(throws: TraceError.self) { _ = try SourceFormat.open(path: path) }.message
  }

  // MARK: Damage

  @Test func aCutFileIsReadToItsEnd() throws {
    let dump = try RawDump(MadeRecording(version: 6))
    // 16 bytes of header, 20 of each record.
    try dump.change(1) { $0 = $0.prefix(2 * 4096 + 16 + 5 * 20 + 3) }
    let raw = try dump.open()
    let tally = try Tally(raw)
    #expect(tally.perCPU == ["0": 60, "1": 45])
    #expect(raw.damage.errors == ["CPU 1: the last sub-buffer is cut: 119 of 4096 bytes"])
  }

  @Test func holesAreCountedAndTheEndIsNone() throws {
    let shape = MadeRecording(version: 6, pagesPerCPU: 5)
    let dump = try RawDump(shape)
    try dump.change(0) { data in
      data.resetBytes(in: 4096..<(3 * 4096))
      data.append(Data(count: 3 * 4096))
    }
    let raw = try dump.open()
    #expect(try Tally(raw).perCPU == ["0": 60, "1": 100])
    #expect(
      raw.damage.errors == ["CPU 0: 2 sub-buffers are only zeros: what was in there is lost"])
    #expect(raw.damage.kinds == ["holes", "unused end"])
  }

  @Test func onlyZerosAreNoRecords() throws {
    let dump = try RawDump(MadeRecording(version: 6))
    try dump.change(0) { $0 = Data(count: 8192) }
    let raw = try dump.open()
    #expect(try Tally(raw).perCPU == ["1": 60])
    #expect(raw.damage.kinds == ["unused end"])
  }

  /// A ring that was copied from its first page on, wherever its writer was.
  @Test func aTurnedRingIsReadInOrderOfTime() throws {
    let shape = MadeRecording(version: 6, pagesPerCPU: 6)
    let dump = try RawDump(shape)
    for cpu in 0..<2 { try dump.change(cpu) { $0 = $0.suffix(2 * 4096) + $0.prefix(4 * 4096) } }
    let raw = try dump.open()
    #expect(raw.damage.kinds == ["order"])
    #expect(!raw.damage.hasErrors)
    var merge = Merge(raw.openStreams())
    var stamps: [UInt64] = []
    while let turn = merge.turn() {
      let lane = merge.lanes + turn.lane
      var isAtEnd = false
      repeat {
        stamps.append(lane.pointee.record.stamp)
        isAtEnd = !lane.pointee.next()
      } while !isAtEnd && lane.pointee.record.stamp < turn.limit
      merge.finishTurn(atEnd: isAtEnd)
    }
    #expect(stamps.count == shape.eventsPerBuffer)
    #expect(stamps == stamps.sorted())
  }

  /// In a row, later, or a whole file of them: no event counts twice.
  @Test func doubledPagesCountOnce() throws {
    let shape = MadeRecording(version: 6)
    let size = shape.subBufferSize
    let wanted = try Tally(try shape.file().traceDat(), keepsRecords: true)
    let changes: [(inout Data) -> Void] = [
      { $0.insert(contentsOf: Data($0[..<size]), at: size) },
      { $0.append(Data($0[size..<(2 * size)])) },
      { $0.append(Data($0)) },
    ]
    for change in changes {
      let dump = try RawDump(shape)
      try dump.change(0, change)
      let raw = try dump.open()
      #expect(try Tally(raw, keepsRecords: true) == wanted)
      #expect(raw.damage.kinds == ["doubled sub-buffers"], "\(raw.damage.findings)")
      #expect(raw.damage.notes.first?.contains("there twice: the second is skipped") == true)
    }
  }

  @Test func shuffledPagesAreAllRead() throws {
    let shape = MadeRecording(version: 6, cpus: 1, pagesPerCPU: 300, eventsPerPage: 3)
    let dump = try RawDump(shape)
    try dump.change(0) { data in
      let pages = stride(from: 0, to: data.count, by: 4096).map { data[$0..<($0 + 4096)] }
      data = pages.reversed().reduce(Data(), +)
    }
    let raw = try dump.open()
    #expect(try Tally(raw).total == 900)
    #expect(raw.openStreams().count == 64)
  }
}
