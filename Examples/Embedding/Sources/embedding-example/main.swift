// A program that asks mmq a question: who allocated pages, and how long did tasks wait for reclaim?
//
//   swift run --package-path Examples/Embedding embedding-example Examples/traces/reclaim.dat

import MMQ

let question = """
  kmem:mm_page_alloc { @allocations[comm] = count(); @orders[args.order] = count(); }
  vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; }
  vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/ {
    $ns = nsecs - @start[tid];
    @longest = max($ns);
    @shortest = min($ns);
    @waited = sum($ns);
    @waits = count();
    delete(@start, tid);
  }
  """

/// Opens the recording, binds the question to its events, and runs it over all of them.
func ask(_ path: String) throws {
  let recording = try SourceFormat.open(path: path)
  let script = Script(Source(name: "question", question), for: Target(recording))
  for diagnostic in script.diagnostics { print(diagnostic.rendered(in: script.text)) }
  guard !script.hasErrors else { return }

  // What the script prints goes nowhere: the maps are taken as values.
  let session = try Session(script, recording, sink: TextRenderer { _ in })
  let outcome = try session.start()
  for map in session.snapshots() {
    for row in map.rows {
      print("\(map.name)\(row.key.map { "[\($0.keyText)]" } ?? ""): \(row.value)")
    }
  }
  // No number without what it may lack: losses, damage, skipped records.
  let lost = outcome.losses.reduce(0) { $0 + $1.losses.counted }
  print("\(outcome.records) records, \(lost) lost")
  for warning in outcome.warnings { print(warning) }
  for finding in recording.damage.findings { print("\(finding.severity): \(finding.first)") }
}

if CommandLine.arguments.count == 2 {
  try ask(CommandLine.arguments[1])
} else {
  print("usage: embedding-example TRACE.DAT")
}
