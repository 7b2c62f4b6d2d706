// Eight sessions on eight threads, for the thread sanitizer: `.ci/run` builds this with --sanitize=thread.
// Each reads a recording of its own, or pushes events of its own; all must find what the first of their kind
// found. A session has one thread here: the sanitizer does not see the locks of Swift's Mutex, and takes what
// they guard for races.

import MMQ

/// What one thread found, as text.
private typealias Work = @Sendable (String) throws -> String

@main
enum ThreadCheck {
  private static func session(_ text: String, _ source: any TraceSource) throws -> Session {
    let script = Script(Source(name: "threads", text), for: Target(source))
    var options = RunOptions()
    options.jobs = 1
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
      results.find(number, path)
    } while: {
      results.find(7, path)
    }
    print(results.summary())
  }

  /// What each thread found.
  ///
  /// Unchecked: each thread has a place of its own, and they are read when all threads have ended.
  private final class Results: @unchecked Sendable {
    private let texts = UnsafeMutablePointer<String>.allocate(capacity: 8)

    init() { texts.initialize(repeating: "", count: 8) }

    func find(_ number: Int, _ path: String) {
      do { texts[number] = try kinds[number % kinds.count](path) } catch {
        fatalError("thread \(number): \(error)")
      }
    }

    /// Ends the program where threads of one kind differ.
    func summary() -> String {
      for number in 0..<8 {
        guard texts[number] == texts[number % kinds.count], texts[number].count > 20 else {
          fatalError("thread \(number): \(texts[number])")
        }
      }
      return "8 sessions, \(kinds.count) results"
    }
  }
}
