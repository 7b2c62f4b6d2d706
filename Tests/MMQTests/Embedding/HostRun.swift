// A host program in a few lines: `import MMQ` has to be enough for it.

import MMQ
import Testing

/// A source of one event, `app:request`, and what a script makes of it.
struct HostRun {
  let source: HostSource
  let request: HostSource.Event
  let session: Session
  let output: Lines

  /// What a run prints, as lines of text.
  final class Lines {
    var bytes: [UInt8] = []
    var lines: [String] {
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  static let fields = [
    HostField("bytes", .uint32), HostField("state", .uint8, names: [0: "ok", 1: "failed"]),
    HostField("route", .text(8)),
  ]

  init(
    _ text: String, cpus: Int = 1, capacity: Int = 64 << 20, builtins: [Builtin] = [],
    isCancelled: @escaping () -> Bool = { false }, _ change: (inout RunOptions) -> Void = { _ in }
  ) throws {
    source = HostSource(cpus: cpus, capacity: capacity)
    request = try source.define("app:request", Self.fields)
    var target = Target(source)
    target.builtins += builtins
    let script = Script(Source(name: "test", text), for: target)
    let problems = script.diagnostics.map { $0.rendered(in: script.text) }.joined()
    try #require(!script.hasErrors, "\(problems)")
    var options = RunOptions()
    change(&options)
    let output = Lines()
    self.output = output
    session = try Session(
      script, source, sink: TextRenderer(separator: "") { output.bytes += Array($0) },
      options: options, isCancelled: isCancelled)
  }

  /// 13 bytes: bytes, state, route.
  @discardableResult
  func push(
    _ bytes: UInt32, state: UInt8 = 0, route: String = "", at time: UInt64, cpu: Int = 0,
    thread: Int32 = 0
  ) -> Bool {
    var record = withUnsafeBytes(of: bytes) { Array($0) } + [state]
    record += Array(route.utf8.prefix(8)) + Array(repeating: 0, count: max(0, 8 - route.utf8.count))
    return record.withUnsafeBytes { source.push(request, $0, at: time, cpu: cpu, thread: thread) }
  }
}
