// Eight sessions on eight threads, for the thread sanitizer: `.ci/run` builds this with --sanitize=thread.
// Some read a recording in parts, some in order of time with others reading ahead, some push events of
// their own; all must find what the first of their kind found.

import MMQ
import Synchronization

/// What one thread found, as text.
typealias Work = @Sendable (String) throws -> String

func run(_ text: String, _ source: any TraceSource, jobs: Int) throws -> Session {
  let script = Script(Source(name: "threads", text), for: Target(source))
  var options = RunOptions()
  (options.jobs, options.partSize, options.tickPartSize) = (jobs, 64 << 10, 64 << 10)
  return try Session(script, source, sink: TextRenderer { _ in }, options: options)
}

func recorded(_ text: String) -> Work {
  { path in
    let session = try run(text, try SourceFormat.open(path: path), jobs: 3)
    _ = try session.start()
    return "\(session.snapshots())"
  }
}

let kinds: [Work] = [
  recorded("vmscan:* { @[probe] = count(); }"),
  recorded("vmscan:* { @[comm] = hist(args.common_pid); } interval:s:1 { @ticks = count(); }"),
  recorded("vmscan:mm_vmscan_wakeup_kswapd { @last[cpu] = nsecs; @[comm] = count(); }"),
  { _ in
    let source = HostSource(cpus: 2)
    let request = try source.define("app:request", [HostField("bytes", .uint32)])
    let session = try run("app:request { @[cpu, args.bytes % 7] = count(); }", source, jobs: 3)
    for number in 0..<50_000 as Range<UInt32> {
      withUnsafeBytes(of: number) {
        _ = source.push(request, $0, at: UInt64(number), cpu: Int(number % 2))
      }
      if number % 1000 == 0 { try session.step() }
    }
    try session.step()
    _ = try session.finish()
    return "\(session.snapshots())"
  },
]

guard CommandLine.arguments.count == 2 else { fatalError("usage: mmq-threads TRACE.DAT") }
let path = CommandLine.arguments[1]
let results = Mutex<[Int: [String]]>([:])
Workers.run(7) { number in
  work(number)
} while: {
  work(7)
}

func work(_ number: Int) {
  do {
    let found = try kinds[number % kinds.count](path)
    results.withLock { $0[number % kinds.count, default: []].append(found) }
  } catch {
    fatalError("thread \(number): \(error)")
  }
}

let found = results.withLock { $0 }
for (kind, texts) in found.sorted(by: { $0.key < $1.key }) {
  guard Set(texts).count == 1, texts[0].count > 20 else { fatalError("kind \(kind): \(texts)") }
}
print("\(found.values.reduce(0) { $0 + $1.count }) sessions, \(found.count) results")
