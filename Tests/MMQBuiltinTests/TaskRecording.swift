// A recording made for the builtins: addresses, new threads, two buffers, symbols.

import Foundation
import MMQTrace
import MMQTraceWriter

/// In order of time (milliseconds, thread):
///
///     1000  100  net:packet  mac 02:0a:00:00:0b:ff, v4 10.0.0.1, v6 fe80::1, name "eth0", port 80
///     1100  100  task:task_newtask  pid 101, CLONE_THREAD
///     1200  101  net:packet  in the buffer "second"
///     1300  200  sched:sched_process_exec  pid 200, old_pid 201
///     1400  201  net:packet
///     1500  300  net:packet
///
/// Thread 201 became the leader of 200 by exec; of 100, 101 and 300 only the first is told to be a
/// process, by a task_newtask at 900 ms. The machine is an x86_64 with kernel 6.1 and 2 CPUs.
enum TaskRecording {
  private static let common =
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
    + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
    + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

  private static let packet =
    "name: packet\nID: 600\nformat:\n" + common
    + "\tfield:__u8 mac[6];\toffset:8;\tsize:6;\tsigned:0;\n"
    + "\tfield:u16 port;\toffset:14;\tsize:2;\tsigned:0;\n"
    + "\tfield:__u8 v4[4];\toffset:16;\tsize:4;\tsigned:0;\n"
    + "\tfield:char name[8];\toffset:20;\tsize:8;\tsigned:0;\n"
    + "\tfield:__u8 v6[16];\toffset:28;\tsize:16;\tsigned:0;\n"
    + "\tfield:unsigned int gfp_flags;\toffset:44;\tsize:4;\tsigned:0;\n"
    + "\tfield:void * address;\toffset:48;\tsize:8;\tsigned:0;\n"
    + "\nprint fmt: \"%s\", __print_flags(REC->gfp_flags, \"|\", { 1, \"GFP_ONE\" }, "
    + "{ 2, \"GFP_TWO\" })\n"

  private static let newTask =
    "name: task_newtask\nID: 601\nformat:\n" + common
    + "\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n"
    + "\tfield:char comm[16];\toffset:12;\tsize:16;\tsigned:0;\n"
    + "\tfield:unsigned long clone_flags;\toffset:32;\tsize:8;\tsigned:0;\n"
    + "\nprint fmt: \"pid=%d\", REC->pid\n"

  private static let exec =
    "name: sched_process_exec\nID: 602\nformat:\n" + common
    + "\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n"
    + "\tfield:pid_t old_pid;\toffset:12;\tsize:4;\tsigned:1;\n"
    + "\nprint fmt: \"pid=%d\", REC->pid\n"

  /// The recording, opened; its file is gone.
  static func open() throws -> any TraceSource {
    let path = NSTemporaryDirectory() + "mmq-builtins-\(UUID().uuidString)"
    defer { unlink(path) }
    try write(to: path)
    return try SourceFormat.open(path: path)
  }

  private static func write(to path: String) throws {
    let layout = RingLayout(byteOrder: .little, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var metadata = RecordingMetadata(byteOrder: .little, longSize: 8, pageSize: 4096, cpuCount: 2)
    metadata.setLayout(layout)
    metadata.setFormats([("net", packet), ("task", newTask), ("sched", exec)])
    metadata.setKernelSymbols("ffffffff81000000 T _text\nffffffff81001000 T schedule\n".utf8)
    metadata.setSavedComms("100 worker\n".utf8)
    metadata.addOption(5, text: "Linux made 6.1.0-1-test x86_64")
    metadata.options.append((id: 8, data: [2, 0, 0, 0]))  // CPUs
    let writer = try TraceDatWriter(
      path: path, metadata: metadata, options: .init(version: 7, compression: .none))
    let first: [(milliseconds: UInt64, bytes: [UInt8])] = [
      (900, newTask(50, makes: 100, flags: 0)), (1000, packet(100)),
      (1100, newTask(100, makes: 101, flags: 0x10f00)), (1300, exec(200, was: 201)),
      (1400, packet(201)), (1500, packet(300)),
    ]
    let second: [(milliseconds: UInt64, bytes: [UInt8])] = [(1200, packet(101))]
    for (name, records) in [("", first), ("second", second)] {
      try writer.beginBuffer(name: name, clock: "mono", pageSize: 4096)
      var page = SubBufferWriter(layout, stamp: 900_000_000)
      for (milliseconds, bytes) in records {
        precondition(page.record(bytes, at: milliseconds * 1_000_000))
      }
      try writer.beginCPU(0)
      try page.finished().withUnsafeBytes { (bytes) throws in try writer.write(bytes) }
    }
    try writer.finish()
  }

  private static func record(
    _ type: UInt16, _ thread: Int32, _ fill: (inout ByteWriter) -> Void
  ) -> [UInt8] {
    var writer = ByteWriter(.little)
    writer.integer(type)
    writer.integer(UInt16(0))
    writer.integer(thread)
    fill(&writer)
    return writer.bytes
  }

  private static func packet(_ thread: Int32) -> [UInt8] {
    record(600, thread) { writer in
      for byte in [0x02, 0x0a, 0, 0, 0x0b, 0xff] as [UInt8] { writer.integer(byte) }
      writer.integer(UInt16(80))
      for byte in [10, 0, 0, 1] as [UInt8] { writer.integer(byte) }
      for byte in Array("eth0".utf8) + [0, 0, 0, 0] { writer.integer(byte) }
      for byte in [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1] { writer.integer(byte) }
      writer.integer(UInt32(3))
      writer.integer(UInt64(0xffff_ffff_8100_1000))
    }
  }

  private static func newTask(_ maker: Int32, makes thread: Int32, flags: UInt64) -> [UInt8] {
    record(601, maker) { writer in
      writer.integer(thread)
      for _ in 0..<16 { writer.integer(UInt8(0)) }
      writer.integer(UInt32(0))
      writer.integer(flags)
    }
  }

  private static func exec(_ thread: Int32, was before: Int32) -> [UInt8] {
    record(602, thread) { writer in
      writer.integer(thread)
      writer.integer(before)
    }
  }
}
