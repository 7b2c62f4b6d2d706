// What a live run does when it is asked, when exit() ends it, and where tracefs is not mounted.

import Foundation
import MMQ
import MMQLanguage
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct SignalTests {
  @Test func aBlockAnswersTheSignalInPlaceOfTheMaps() throws {
    let run = try MMQProcess([
      "-e", "begin { @x = 3; } self:signal:SIGUSR1 { printf(\"asked: %d\\n\", @x++); }",
    ])
    for answer in ["asked: 3\n", "asked: 4\n"] {
      run.send(SIGUSR1)
      #expect(run.nextOutput() == answer)
    }
    #expect(run.stop().hasSuffix("@x: 5\n"))
    #expect(run.status == 0)
  }

  /// Beside events, too, and it can end the run.
  @Test func aBlockCanEndTheRun() throws {
    let run = try MMQProcess([
      "-e", "oom:mark_victim { @ = count(); } self:signal:SIGUSR1 { exit(4); }",
    ])
    run.send(SIGUSR1)
    _ = run.finish()
    #expect(run.status == 4)
    #expect(try Tracing.instances(of: run.pid) == [])
  }

  /// What is in the rings behind the record that called exit() is read, but no block sees it.
  @Test(arguments: [false, true]) func afterExitTheCountsStillAgree(maps: Bool) throws {
    var options = LiveOptions(ringKilobytes: 65536)
    options.maps = maps
    let source = LiveSource(try Tracefs(), options: options) { system, _ in
      system == "raw_syscalls"
    }
    let script = Script(
      Source(
        name: "test",
        "raw_syscalls:sys_enter { if (++@n == 100) { exit(); } }"),
      for: Target(source))
    var text: [UInt8] = []
    let session = try Session(script, source, sink: TextRenderer { text += Array($0) })
    let outcome = try session.start { Self.load() }
    #expect(String(decoding: text, as: UTF8.self).contains("@n: 100\n"))
    #expect(outcome.rings.reduce(0) { $0 + $1.decoded } >= 5000)
    for ring in outcome.rings { #expect(ring.decoded == ring.statistics.read) }
    #expect(outcome.warnings == [] && outcome.losses.isEmpty)
  }

  /// A stop ends what comes next, not the blocks of what was recorded before it: be they loops.
  @Test func whatWasRecordedRunsToItsEnd() throws {
    let source = LiveSource(try Tracefs(), options: LiveOptions(ringKilobytes: 8192)) {
      system, _ in system == "raw_syscalls"
    }
    let script = Script(
      Source(
        name: "test",
        """
        raw_syscalls:sys_enter / @n < 500 / { @n++; for ($i : 0..3000) { @turns++; } }
        """),
      for: Target(source))
    var text: [UInt8] = []
    let session = try Session(
      script, source, sink: TextRenderer { text += Array($0) }, isCancelled: { true })
    _ = try session.start { Self.load() }
    let output = String(decoding: text, as: UTF8.self)
    #expect(output.contains("@n: 500\n") && output.contains("@turns: 1500000\n"), "\(output)")
  }

  /// At least 5000 system calls.
  private static func load() {
    let load = Process()
    load.executableURL = URL(fileURLWithPath: "/bin/dd")
    load.arguments = ["if=/dev/zero", "of=/dev/null", "bs=1", "count=5000", "status=none"]
    try? load.run()
    load.waitUntilExit()
  }

  /// Nobody else sees the mount that mmq makes for itself. A machine can have several: beside the usual
  /// one that of debugfs, which appears when somebody looks at it.
  @Test func tracefsIsMountedWhereItIsNot() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      "unshare --mount sh -c 'umount -l -a -t tracefs && "
        + "\(Tracing.mmq) -e \"oom:mark_victim { @ = count(); } interval:ms:50 { exit(5); }\"; "
        + "echo status $?; grep -c \" tracefs \" /proc/mounts' 2>&1",
    ]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(text.contains("Attached 2 probes"), "\(text)")
    #expect(text.contains("status 5"), "\(text)")
    #expect(text.hasSuffix("0\n"), "\(text)")
  }
}
