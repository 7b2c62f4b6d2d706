// The code of the pages Embedding, OwnEvents and Bounds: `PageCodeTests` runs it, and compares it with the
// pages.

import MMQ

enum PageCode {
  static func tenLines(_ path: String) throws {
    let recording = try SourceFormat.open(path: path)
    let question = Source(name: "question", "kmem:mm_page_alloc { @pages[comm] = count(); }")
    let script = Script(question, for: Target(recording))
    for diagnostic in script.diagnostics { print(diagnostic.rendered(in: script.text)) }
    guard !script.hasErrors else { return }
    let session = try Session(script, recording, sink: TextRenderer { _ in })
    let outcome = try session.start()
    for map in session.snapshots() {
      for row in map.rows { print(row.key ?? .tuple([]), row.value) }
    }
    for warning in outcome.warnings { print(warning) }
    for finding in recording.damage.findings { print(finding.first) }
  }

  static func json(_ script: Script, _ recording: any TraceSource) throws -> String {
    var json = ""
    let sink = JSONRenderer { bytes in json += String(decoding: bytes, as: UTF8.self) }
    _ = try Session(script, recording, sink: sink).start()
    return json
  }

  static func steps(_ session: Session, isWanted: () -> Bool) throws -> Outcome {
    while try session.step(events: 10_000) == .paused {
      guard isWanted() else { break }
    }
    return try session.finish()
  }

  static func events(_ path: String, _ text: String) async throws {
    let events = Session.events { sink in
      let recording = try SourceFormat.open(path: path)
      let script = Script(Source(name: "question", text), for: Target(recording))
      return try Session(script, recording, sink: sink)
    }
    for try await event in events {
      switch event {
      case .text(_, let bytes): print(String(decoding: bytes, as: UTF8.self), terminator: "")
      case .lost(let count): print("\(count) events were lost here")
      case .map(let map): print(map.name, map.rows.count)
      case .ended(let outcome): print(outcome.records, "records", outcome.warnings)
      default: break
      }
    }
  }

  static func ownEvents() throws -> [MapSnapshot] {
    let source = HostSource()
    let request = try source.define(
      "app:request",
      [
        HostField("ns", .uint64),
        HostField("status", .uint16, names: [200: "ok", 500: "failed"]),
        HostField("route", .text(16)),
      ])
    let script = Script(
      Source(name: "slow", "app:request { @ns[args.route, args.status] = hist(args.ns); }"),
      for: Target(source))
    let session = try Session(script, source, sink: TextRenderer { _ in })

    var record: [UInt8] = []
    for time in [1000, 1200] as [UInt64] {
      record = withUnsafeBytes(of: 350 + time / 10) { Array($0) }
      record += withUnsafeBytes(of: UInt16(200)) { Array($0) }
      record += Array("/index".utf8) + Array(repeating: 0, count: 10)
      record.withUnsafeBytes { _ = source.push(request, $0, at: time, cpu: 0, thread: 42) }
    }
    try session.step()
    return session.snapshots()
  }

  static func ownFunction(_ target: inout Target) throws {
    let zones: [UInt64: String] = [0: "DMA", 1: "Normal"]
    target.builtins.append(
      try .host("zone(uint64 number) -> string", "the name of a zone", isPure: true) {
        .string(zones[$0.unsigned(0)] ?? "?")
      })
  }

  static func limits(_ script: Script, _ source: any TraceSource) throws -> RunError? {
    var options = RunOptions()
    options.limits = Limits(
      instructionsPerBlock: 1_000_000, instructions: 1_000_000_000, memory: 16 << 20,
      output: 1 << 20)
    let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
    let outcome = try session.start()
    if let error = outcome.failure {
      print("\(error.file):\(error.line):\(error.column): \(error.message)")
    }
    return outcome.failure
  }
}
