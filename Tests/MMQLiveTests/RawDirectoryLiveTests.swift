// What dd takes from an instance's rings, beside a copy of its events/: the counts are those of mmq record.

import Foundation
import MMQ
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct RawDirectoryLiveTests {
  private let directory = NSTemporaryDirectory() + "mmq-raw-live-\(UUID().uuidString)"
  private let name = "mmqraw\(UInt32.random(in: 0 ... .max))"
  private let event = "raw_syscalls:sys_enter"

  /// Commands of a shell, in the instance.
  private func shell(_ commands: String) throws {
    let instance = try Tracefs().path + "/instances/\(name)"
    _ = try Shell.output("set -e; i='\(instance)'; d='\(directory)'; \(commands)")
  }

  private func begin(subBufferKilobytes: Int) throws {
    try shell(
      "mkdir -p \"$d\"; mkdir $i; echo \(subBufferKilobytes) > $i/buffer_subbuf_size_kb; "
        + "echo mono > $i/trace_clock; echo 'id == \(Tracing.getppidNumber)' > "
        + "$i/events/raw_syscalls/sys_enter/filter; echo 1 > $i/events/raw_syscalls/sys_enter/enable"
    )
  }

  /// Reads all rings, sub-buffer by sub-buffer, and takes the texts.
  private func dump(subBufferKilobytes: Int) throws {
    try shell(
      "echo 0 > $i/tracing_on; for p in $i/per_cpu/cpu*; do c=$(basename $p); mkdir -p $d/per_cpu/$c; "
        + "dd if=$p/trace_pipe_raw of=$d/per_cpu/$c/trace_pipe_raw bs=\(subBufferKilobytes)k "
        + "iflag=nonblock 2>/dev/null || true; done; "
        + "mkdir -p $d/events/raw_syscalls/sys_enter; cp $i/events/header_page $d/events/; "
        + "cp $i/events/raw_syscalls/sys_enter/format $d/events/raw_syscalls/sys_enter/; "
        + "cp $i/trace_clock $d/; uname -a > $d/uname; cp /proc/kallsyms $d/")
  }

  private func ask(_ path: String, _ script: String) throws -> String {
    let run = try MMQProcess(["-q", "-e", script, "-i", path], waits: false)
    let output = run.finish()
    #expect(run.status == 0, "\(run.stderr)")
    return output
  }

  @Test(arguments: [4, 16])
  func theRingsOfAnInstance(kilobytes: Int) throws {
    defer {
      try? shell("rmdir $i")
      try? FileManager.default.removeItem(atPath: directory)
    }
    try begin(subBufferKilobytes: kilobytes)
    let recorder = try MMQProcess(
      ["record", "-o", directory + "/trace.dat", event], until: "Recording")
    Tracing.callGetppid(5000)
    _ = recorder.stop()
    try dump(subBufferKilobytes: kilobytes)
    let script =
      "\(event) / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / { @ = count(); }"
    let raw = try ask(directory, script)
    #expect(raw.contains("@: 5000\n"))
    #expect(try ask(directory + "/trace.dat", script) == raw)
    let source = try RawDirectory(path: directory)
    #expect(source.damage.findings.isEmpty, "\(source.damage.findings)")
    #expect(source.formatDescription == "raw sub-buffers of \(kilobytes * 1024) bytes")
    #expect(source.clock.name == "mono")
    #expect(source.machine.kernelRelease == TracedMachine.host.kernelRelease)
  }
}
