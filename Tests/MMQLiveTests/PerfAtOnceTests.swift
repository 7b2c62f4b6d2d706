// One workload, recorded by mmq and by perf at once: one script gives the same over both files.

import Foundation
import MMQTrace
import Testing

@Suite(.needsTracefs, .serialized) struct PerfAtOnceTests: RecordingTests {
  let directory = RecordingDirectory()

  private static let perf = "/usr/bin/perf"

  /// Says loudly why not.
  private var canUsePerf: Bool {
    guard access(Self.perf, X_OK) == 0 else {
      print("SKIP perf and mmq at once: \(Self.perf) is not there")
      return false
    }
    let test = try? Shell.output(
      "\(Self.perf) record -o '\(directory.path)/try.data' -e syscalls:sys_enter_getppid true "
        + ">/dev/null 2>&1 && echo yes")
    if test != "yes\n" { print("SKIP perf and mmq at once: perf cannot open tracepoints") }
    return test == "yes\n"
  }

  /// perf records from the exec of the shell on; by its name, the workload's events are all after that.
  @Test func bothFilesGiveTheSame() throws {
    guard canUsePerf else { return }
    let name = try uniqueCopy(of: Tracing.workload)
    let own = "\(directory.path)/\(name)"
    let data = directory.path + "/perf.data"
    let address = 0x5e_0000_0000
    let events = [
      "syscalls:sys_enter_getppid", "exceptions:page_fault_user", "task:task_newtask",
      "sched:sched_process_exit",
    ]
    let load =
      "'\(own)' syscalls 3000; '\(own)' faults \(address) 64 5 7 2>/dev/null; '\(own)' tasks 20 0 0"
    let run = try record(
      ["-b", "16M"] + events + ["--", Self.perf, "record", "-q", "-m", "4M", "-o", data]
        + events.flatMap { ["-e", $0] } + ["sh", "-c", load])
    #expect(run.stderr.contains("no events were lost"), "\(run.stderr)")
    let script = """
      syscalls:sys_enter_getppid / comm == "\(name)" / { @calls[pid == tid] = count(); }
      exceptions:page_fault_user / comm == "\(name)" && args.address >= \(address)
        && args.address < \(address + 64 * 4096) / { @faults = count(); @children[pid] = count(); }
      task:task_newtask / comm == "\(name)" / { @new[args.comm] = count(); }
      sched:sched_process_exit / comm == "\(name)" / { @ended[comm] = count(); }
      """
    let ours = try ask(script)
    #expect(ours == (try ask(script, data)))
    #expect(ours.contains("@calls[true]: 3000\n"), "\(ours)")
    #expect(ours.contains("@faults: \(64 * 12)\n"), "\(ours)")
    #expect(ours.contains("@new[\(name)]: 22\n"), "\(ours)")
    #expect(ours.contains("@ended[\(name)]: 25\n"), "\(ours)")
  }
}
