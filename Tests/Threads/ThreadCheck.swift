// Eight sessions on eight threads, for the thread sanitizer: `.ci/run` builds this with --sanitize=thread.
// Some read a recording in parts, some in order of time with others reading ahead, some push events of
// their own; all must find what the first of their kind found.

import MMQ
import Synchronization

/// What one thread found, as text.
private typealias Work = @Sendable (String) throws -> String

@main
enum ThreadCheck {
  private static func session(_ text: String, _ source: any TraceSource) throws -> Session {
    let script = Script(Source(name: "threads", text), for: Target(source))
    var options = RunOptions()
    (options.jobs, options.partSize, options.tickPartSize) = (3, 64 << 10, 64 << 10)
    return try Session(script, source, sink: TextRenderer { _ in }, options: options)
  }

  private static func recorded(_ text: String) -> Work {
    { path in
      let session = try session(text, try SourceFormat.open(path: path))
      _ = try session.start()
      return "\(session.snapshots())"
    }
  }

  private static let kinds: [Work] = [
    recorded("vmscan:* { @[probe] = count(); }"),
    recorded("vmscan:* { @[comm] = count(); } interval:s:1 { @ticks = count(); }"),
    recorded("vmscan:mm_vmscan_wakeup_kswapd { @last[cpu] = nsecs; @[comm] = count(); }"),
    { _ in try pushed() },
  ]

  private static func pushed() throws -> String {
    let source = HostSource(cpus: 2)
    let request = try source.define("app:request", [HostField("bytes", .uint32)])
    let session = try session("app:request { @[cpu, args.bytes % 7] = count(); }", source)
    for number in 0..<50_000 as Range<UInt32> {
      withUnsafeBytes(of: number) {
        _ = source.push(request, $0, at: UInt64(number), cpu: Int(number % 2))
      }
      if number % 1000 == 0 { try session.step() }
    }
    try session.step()
    _ = try session.finish()
    return "\(session.snapshots())"
  }

  static func main() throws {
    guard CommandLine.arguments.count == 2 else { fatalError("usage: mmq-threads TRACE.DAT") }
    let path = CommandLine.arguments[1]
    let results = Results()
    Workers.run(7) { number in
      results.add(number, path)
    } while: {
      results.add(7, path)
    }
    print(results.summary())
  }

  /// What all threads found, by kind.
  private final class Results: Sendable {
    private let found = Mutex<[Int: [String]]>([:])

    func add(_ number: Int, _ path: String) {
      let kind = number % kinds.count
      do {
        let text = try kinds[kind](path)
        found.withLock { $0[kind, default: []].append(text) }
      } catch {
        fatalError("thread \(number): \(error)")
      }
    }

    /// Ends the program where threads of one kind differ.
    func summary() -> String {
      let found = found.withLock { $0 }
      for (kind, texts) in found {
        guard Set(texts).count == 1, texts[0].count > 20 else { fatalError("\(kind): \(texts)") }
      }
      return "\(found.values.reduce(0) { $0 + $1.count }) sessions, \(found.count) results"
    }
  }
}
