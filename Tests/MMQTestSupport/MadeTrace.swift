// The default input of script tests: a recording of ten events, made so that every expected line can
// be computed by hand.

public import MMQTrace
import MMQTraceWriter

/// What is in it, in order of time (seconds of the clock, CPU, thread):
///
///     1.0  0  10  made:value  extremes: u8 255, s8 -1, u16 65535, s16 -2, u32 4294967295, s32 -3,
///                             u64 2^64-1, s64 -4; name "alpha", text "hello",
///                             address 0xffffffff81001000, flag 1, state 1 (busy), mode 5 (READ|EXEC)
///     1.5  1  11  made:value  7, 7, 300, 300, 70000, 70000, 5000000000, 5000000000; name "beta",
///                             text "world", address 0x10, flag 0, state 2 (done), mode 0 (none)
///     2.0  0  10  made:tick   number 1      3.5  1  11  made:tick   number 4
///     2.5  1  11  made:tick   number 2      4.0  0  10  made:tick   number 5
///     3.0  0  10  made:tick   number 3      4.5  1  11  made:tick   number 6
///     5.0  0  10  made:tock   number 10, state 0 (off)
///     5.2  1   0  made:tock   number 20, state 1 (on)
///
/// Threads 10 and 11 are named "worker a" and "worker b"; the kernel is 6.1; `schedule` lies at
/// 0xffffffff81001000. The clock has no date.
public enum MadeTrace {
  private static let common =
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
    + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
    + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

  private static let value =
    "name: value\nID: 500\nformat:\n" + common
    + "\tfield:u8 u8;\toffset:8;\tsize:1;\tsigned:0;\n"
    + "\tfield:s8 s8;\toffset:9;\tsize:1;\tsigned:1;\n"
    + "\tfield:u16 u16;\toffset:10;\tsize:2;\tsigned:0;\n"
    + "\tfield:s16 s16;\toffset:12;\tsize:2;\tsigned:1;\n"
    + "\tfield:bool flag;\toffset:14;\tsize:1;\tsigned:0;\n"
    + "\tfield:u32 u32;\toffset:16;\tsize:4;\tsigned:0;\n"
    + "\tfield:s32 s32;\toffset:20;\tsize:4;\tsigned:1;\n"
    + "\tfield:u64 u64;\toffset:24;\tsize:8;\tsigned:0;\n"
    + "\tfield:s64 s64;\toffset:32;\tsize:8;\tsigned:1;\n"
    + "\tfield:char name[8];\toffset:40;\tsize:8;\tsigned:0;\n"
    + "\tfield:__data_loc char[] text;\toffset:48;\tsize:4;\tsigned:0;\n"
    + "\tfield:int state;\toffset:52;\tsize:4;\tsigned:1;\n"
    + "\tfield:void * address;\toffset:56;\tsize:8;\tsigned:0;\n"
    + "\tfield:unsigned long mode;\toffset:64;\tsize:8;\tsigned:0;\n"
    + "\tfield:u32 pair[2];\toffset:72;\tsize:8;\tsigned:0;\n\n"
    + "print fmt: \"%s %s\", __print_symbolic(REC->state, { 0, \"idle\" }, { 1, \"busy\" }, "
    + "{ 2, \"done\" }), (REC->mode) ? __print_flags(REC->mode, \"|\", { 1, \"READ\" }, "
    + "{ 2, \"WRITE\" }, { 4, \"EXEC\" }) : \"none\"\n"

  private static let tick =
    "name: tick\nID: 501\nformat:\n" + common
    + "\tfield:u64 number;\toffset:8;\tsize:8;\tsigned:0;\n\nprint fmt: \"%llu\", REC->number\n"

  private static let tock =
    "name: tock\nID: 502\nformat:\n" + common
    + "\tfield:u64 number;\toffset:8;\tsize:8;\tsigned:0;\n"
    + "\tfield:int state;\toffset:16;\tsize:4;\tsigned:1;\n\n"
    + "print fmt: \"%s\", __print_symbolic(REC->state, { 0, \"off\" }, { 1, \"on\" })\n"

  /// Writes the recording as a machine of that byte order would, with `long`s of 4 or 8 bytes.
  /// `date` is what the recorder found to be between the clock and 1970, in microseconds.
  public static func write(
    to path: String, order: ByteOrder = .little, longSize: Int = 8, clock: String = "mono",
    date: UInt64? = nil
  ) throws {
    let layout = RingLayout(
      byteOrder: order, commitSize: longSize, dataOffset: 8 + longSize, subBufferSize: 4096)
    var metadata = RecordingMetadata(
      byteOrder: order, longSize: longSize, pageSize: 4096, cpuCount: 2)
    metadata.setLayout(layout)
    metadata.setFormats([("made", value), ("made", tick), ("made", tock)])
    metadata.setKernelSymbols("ffffffff81000000 T _text\nffffffff81001000 T schedule\n".utf8)
    metadata.setSavedComms("10 worker a\n11 worker b\n".utf8)
    metadata.addOption(5, text: "Linux made 6.1.0-1-test")
    if let date { metadata.addOption(1, text: "0x" + String(date, radix: 16)) }
    let writer = try TraceDatWriter(
      path: path, metadata: metadata, options: .init(version: 7, compression: .none))
    try writer.beginBuffer(name: "", clock: clock, pageSize: 4096)
    for cpu in 0..<2 as Range<UInt32> {
      var page = SubBufferWriter(layout, stamp: 1_000_000_000)
      for record in records(order) where record.cpu == cpu {
        precondition(page.record(record.bytes, at: record.milliseconds * 1_000_000))
      }
      try writer.beginCPU(cpu)
      try page.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    }
    try writer.finish()
  }

  /// The recording, opened; its file has no name any more.
  public static func open(
    order: ByteOrder = .little, longSize: Int = 8, clock: String = "mono", date: UInt64? = nil
  ) throws -> any TraceSource {
    let file = TemporaryPath()
    try write(to: file.path, order: order, longSize: longSize, clock: clock, date: date)
    return try withExtendedLifetime(file) { try SourceFormat.open(path: file.path) }
  }

  fileprivate struct Record {
    var milliseconds: UInt64
    var cpu: UInt32
    var bytes: [UInt8]
    let order: ByteOrder

    init(_ order: ByteOrder, _ milliseconds: UInt64, _ cpu: UInt32, _ id: UInt16, _ thread: Int32) {
      self.milliseconds = milliseconds
      self.cpu = cpu
      self.order = order
      var writer = ByteWriter(order)
      writer.integer(id)
      writer.integer(UInt16(0))
      writer.integer(thread)
      bytes = writer.bytes
    }

    mutating func add(_ fill: (inout ByteWriter) -> Void) {
      var writer = ByteWriter(order)
      fill(&writer)
      bytes += writer.bytes
    }
  }

  fileprivate static func records(_ order: ByteOrder) -> [Record] {
    [extremes(order), ordinary(order)] + ticks(order)
      + [tockRecord(order, 5000, 0, 10, 10, 0), tockRecord(order, 5200, 1, 0, 20, 1)]
  }

  fileprivate static func extremes(_ order: ByteOrder) -> Record {
    var record = Record(order, 1000, 0, 500, 10)
    record.add { writer in
      writer.integer(UInt8(255))
      writer.integer(Int8(-1))
      writer.integer(UInt16(65535))
      writer.integer(Int16(-2))
      writer.integer(UInt8(1))
      writer.integer(UInt8(0))
      writer.integer(UInt32.max)
      writer.integer(Int32(-3))
      writer.integer(UInt64.max)
      writer.integer(Int64(-4))
    }
    record.addTail("alpha", "hello", state: 1, address: 0xffff_ffff_8100_1000, mode: 5)
    return record
  }

  fileprivate static func ordinary(_ order: ByteOrder) -> Record {
    var record = Record(order, 1500, 1, 500, 11)
    record.add { writer in
      writer.integer(UInt8(7))
      writer.integer(Int8(7))
      writer.integer(UInt16(300))
      writer.integer(Int16(300))
      writer.integer(UInt8(0))
      writer.integer(UInt8(0))
      writer.integer(UInt32(70000))
      writer.integer(Int32(70000))
      writer.integer(UInt64(5_000_000_000))
      writer.integer(Int64(5_000_000_000))
    }
    record.addTail("beta", "world", state: 2, address: 0x10, mode: 0)
    return record
  }

  fileprivate static func ticks(_ order: ByteOrder) -> [Record] {
    (1...6).map { number in
      let isFirst = number % 2 == 1
      var record = Record(
        order, 1500 + UInt64(number) * 500, isFirst ? 0 : 1, 501, isFirst ? 10 : 11)
      record.add { $0.integer(UInt64(number)) }
      return record
    }
  }

  fileprivate static func tockRecord(
    _ order: ByteOrder, _ milliseconds: UInt64, _ cpu: UInt32, _ thread: Int32, _ number: UInt64,
    _ state: Int32
  ) -> Record {
    var record = Record(order, milliseconds, cpu, 502, thread)
    record.add { writer in
      writer.integer(number)
      writer.integer(state)
    }
    return record
  }
}

extension MadeTrace.Record {
  /// The fields of made:value from `name` on; the text comes last, as the kernel puts it.
  fileprivate mutating func addTail(
    _ name: String, _ text: String, state: Int32, address: UInt64, mode: UInt64
  ) {
    add { writer in
      writer.raw(name.utf8)
      writer.pad(to: 8)
      writer.integer(UInt32(text.utf8.count + 1) << 16 | 80)
      writer.integer(state)
      writer.integer(address)
      writer.integer(mode)
      writer.integer(UInt32(1))
      writer.integer(UInt32(2))
      writer.string(text)
    }
  }
}
