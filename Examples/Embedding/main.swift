// A program that asks mmq a question: which task waited longest in direct reclaim?
//
//   swift run embedding-example Examples/traces/reclaim.dat

import MMQ
import MMQLanguage
import MMQTrace

/// Takes results as values instead of as text: here each map's rows, the largest last.
final class Results: OutputSink {
  var maps: [String: [MapReport.Row]] = [:]
  var lostEvents: UInt64 = 0

  let escapesControlBytes = false
  func map(_ report: MapReport) { maps[report.name] = Array(report.rows) }
  func lost(_ events: UInt64) { lostEvents += events }

  // What this program does not use: text of printf(), values of print(), the number of probes.
  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {}
  func value(_ value: Value) {}
  func attached(_ probes: Int) {}
  func endOfRun() {}
  func flush() {}
}

let question = """
  vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; }
  vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/ {
    @longest[comm] = max(nsecs - @start[tid]);
    delete(@start, tid);
  }
  """

/// Opens the recording, binds the question to its events, and runs it over all of them.
func ask(_ path: String) throws {
  let recording = try SourceFormat.open(path: path)
  let script = Script(Source(name: "question", question), for: Target(recording))
  for diagnostic in script.diagnostics { print(diagnostic.rendered(in: script.text)) }
  guard !script.hasErrors else { return }

  let results = Results()
  let outcome = try Session(script, recording, sink: results).start()

  if case (.string(let name)?, .number(.signed(let nanoseconds)))? = results.maps["longest"]?.last
    .map({ ($0.key, $0.value) })
  {
    print("\(String(decoding: name, as: UTF8.self)) waited longest: \(nanoseconds / 1000) µs")
  }
  // No number without what it may lack: losses, damage, skipped records.
  print("\(outcome.records) records, \(results.lostEvents) lost")
  for warning in outcome.warnings { print(warning) }
  for finding in recording.damage.findings { print("\(finding.severity): \(finding.first)") }
}

if CommandLine.arguments.count == 2 {
  try ask(CommandLine.arguments[1])
} else {
  print("usage: embedding-example TRACE.DAT")
}
