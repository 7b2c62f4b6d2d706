// What a host does wrong is an error that it sees; no result is another one for it.

import MMQ
import MMQTestSupport
import Testing

@Suite struct WrongUseTests {
  /// A sink that does something to its session each time that text comes.
  private final class Meddler {
    var session: Session?
    var output = HostRun.Lines()
    var problems: [String] = []
    var meddle: ((Session) throws -> Void)?

    func take(_ bytes: UnsafeRawBufferPointer) {
      output.bytes += Array(bytes)
      guard let session, let meddle else { return }
      do {
        try meddle(session)
      } catch {
        problems.append("\(error)")
      }
    }
  }

  private static func meddler(_ text: String, _ source: any TraceSource) throws -> Meddler {
    let script = Script(Source(name: "test", text), for: Target(source))
    try #require(!script.hasErrors, "\(script.diagnostics)")
    let meddler = Meddler()
    meddler.session = try Session(
      script, source, sink: TextRenderer(separator: "") { meddler.take($0) })
    return meddler
  }

  private static let text = """
    made:tick { @ = count(); print(args.number); }
    interval:s:1 { print(@); }
    """

  /// Whatever it is that a sink calls, the run is as it would be without.
  @Test(arguments: [true, false]) func outputDoesNotRunASessionOn(bySteps: Bool) throws {
    let calls: [(Session) throws -> Void] = [
      { _ = try $0.step(events: 1) }, { _ = try $0.finish() }, { _ = try $0.start() },
    ]
    func run(_ meddle: ((Session) throws -> Void)?) throws -> (Meddler, Outcome) {
      let meddler = try Self.meddler(Self.text, try MadeTrace.open())
      let session = try #require(meddler.session)
      meddler.meddle = meddle
      defer { meddler.session = nil }
      if bySteps {
        while try session.step(events: 2) == .paused {}
        return (meddler, try session.finish())
      }
      return (meddler, try session.start())
    }
    let (alone, wanted) = try run(nil)
    for call in calls {
      let (meddler, outcome) = try run(call)
      #expect(meddler.output.lines == alone.output.lines && outcome.records == wanted.records)
      #expect(
        Set(meddler.problems) == ["the session is at work: nothing that it calls can run it on"])
    }
  }

  @Test func aSessionRunsOnce() throws {
    let meddler = try Self.meddler(Self.text, try MadeTrace.open())
    let session = try #require(meddler.session)
    let records = try session.start().records
    let lines = meddler.output.lines
    #expect(throws: StepError.self) { try session.start() }
    #expect(try session.step() == .ended)
    #expect(try session.finish().records == records)
    #expect(meddler.output.lines == lines)
    meddler.session = nil
  }

  /// Two of them would each miss what the other one took.
  @Test func aHostsEventsAreForOneSession() throws {
    let run = try HostRun("app:request { @ = count(); }")
    run.push(1, at: 1)
    _ = try run.session.step(events: 1)
    run.push(2, at: 2)
    let script = Script(
      Source(name: "test", "app:request { @other = count(); }"), for: Target(run.source))
    let other = try Session(script, run.source, sink: TextRenderer { _ in })
    #expect(throws: TraceError.self) { try other.step() }
    _ = try run.session.finish()
    #expect(run.session.snapshots()[0].rows[0].value.integer == 1)
    #expect(throws: TraceError.self) { try other.start() }
  }

  /// The largest limits are none.
  @Test func theLargestLimits() throws {
    let source = try MadeTrace.open()
    let script = Script(
      Source(name: "test", "made:tick { @[str_concat(comm, \"x\")] = count(); print(@); }"),
      for: Target(source))
    var options = RunOptions()
    options.limits = Limits(
      instructionsPerBlock: .max, instructions: .max, memory: .max, output: .max)
    let session = try Session(script, source, sink: TextRenderer { _ in }, options: options)
    #expect(try session.start().failure == nil)
  }
}
