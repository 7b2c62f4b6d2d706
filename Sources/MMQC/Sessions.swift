// mmq.h: runs.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CMMQ
internal import Glibc
internal import MMQ
internal import Synchronization

final class CSession {
  let session: Session
  private let stop: StopSwitch
  private let strings = CStrings()
  private(set) var outcome: Outcome?
  private(set) var error: mmq_error?

  /// Set from any thread.
  private final class StopSwitch: Sendable {
    let isSet = Atomic(false)
  }

  init(_ script: CScript, _ options: RunOptions, _ sink: any OutputSink) throws {
    let stop = StopSwitch()
    self.stop = stop
    session = try Session(
      script.script, script.source, sink: sink, options: options,
      isCancelled: { stop.isSet.load(ordering: .relaxed) })
  }

  func cancel() { stop.isSet.store(true, ordering: .relaxed) }

  func take(_ outcome: Outcome) -> mmq_outcome {
    self.outcome = outcome
    if error == nil, let failure = outcome.failure {
      error = mmq_error(
        message: strings.add(failure.message), file: strings.add(failure.file),
        line: UInt32(clamping: failure.line), column: UInt32(clamping: failure.column))
    }
    return mmq_outcome(
      has_failed: outcome.hasFailed, exit_code: outcome.exitCode, records: outcome.records,
      lost: outcome.losses.reduce(0) { $0 &+ $1.losses.counted },
      unknown_gaps: outcome.losses.reduce(0) { $0 &+ $1.losses.unknownGaps })
  }
}

@c @implementation
public func mmq_limits_safe() -> mmq_limits {
  let safe = Limits.safe
  return mmq_limits(
    instructions_per_block: safe.instructionsPerBlock ?? 0, instructions: safe.instructions ?? 0,
    memory: UInt64(safe.memory ?? 0), output: UInt64(safe.output ?? 0))
}

@c @implementation
public func mmq_session_new(
  _ script: OpaquePointer?, _ limits: UnsafePointer<mmq_limits>?, _ format: mmq_format,
  _ output: mmq_output?, _ context: UnsafeMutableRawPointer?,
  _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> OpaquePointer? {
  attempt(problem) {
    guard let script = Handle.object(script, as: CScript.self), !script.script.hasErrors else {
      throw Refusal("the script has errors: mmq_script_diagnostic() tells them")
    }
    var options = RunOptions()
    if let limits { options.limits = Limits(limits.pointee) }
    let write: (UnsafeRawBufferPointer) -> Void = { bytes in
      output?(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    let sink: any OutputSink =
      switch format {
      case MMQ_JSON: JSONRenderer(write: write)
      case MMQ_CSV: CSVRenderer(keyColumns: script.script.keyColumns, write: write)
      default: TextRenderer(separator: "", write: write)
      }
    return Handle.give(try CSession(script, options, sink))
  }
}

extension Limits {
  /// 0 is no limit.
  fileprivate init(_ limits: mmq_limits) {
    func some(_ number: UInt64) -> UInt64? { number == 0 ? nil : number }
    self.init(
      instructionsPerBlock: some(limits.instructions_per_block),
      instructions: some(limits.instructions),
      memory: some(limits.memory).map { Int(clamping: $0) },
      output: some(limits.output).map { Int(clamping: $0) })
  }
}

@c @implementation
public func mmq_session_step(
  _ session: OpaquePointer?, _ events: UInt64, _ until: UInt64,
  _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> mmq_step {
  let step = attempt(problem) {
    try holder(session).session.step(
      events: events == 0 ? .max : Int(clamping: events), until: until == 0 ? .max : until)
  }
  return switch step {
  case .drained: MMQ_DRAINED
  case .paused: MMQ_PAUSED
  case .ended: MMQ_ENDED
  case nil: MMQ_FAILED
  }
}

@c @implementation
public func mmq_session_finish(
  _ session: OpaquePointer?, _ result: UnsafeMutablePointer<mmq_outcome>?,
  _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Bool {
  end(session, result, problem) { try $0.finish() }
}

@c @implementation
public func mmq_session_run(
  _ session: OpaquePointer?, _ result: UnsafeMutablePointer<mmq_outcome>?,
  _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Bool {
  end(session, result, problem) { try $0.start() }
}

private func end(
  _ session: OpaquePointer?, _ result: UnsafeMutablePointer<mmq_outcome>?,
  _ problem: ProblemPlace?, _ body: (Session) throws -> Outcome
) -> Bool {
  let outcome = attempt(problem) {
    let holder = try holder(session)
    if holder.outcome != nil { throw Refusal("the run has ended already") }
    return holder.take(try body(holder.session))
  }
  if let outcome { result?.pointee = outcome }
  return outcome != nil
}

private func holder(_ session: OpaquePointer?) throws -> CSession {
  guard let holder = Handle.object(session, as: CSession.self) else {
    throw Refusal("there is no session")
  }
  return holder
}

@c @implementation
public func mmq_session_cancel(_ session: OpaquePointer?) {
  Handle.object(session, as: CSession.self)?.cancel()
}

@c @implementation
public func mmq_session_error(
  _ session: OpaquePointer?, _ result: UnsafeMutablePointer<mmq_error>?
) -> Bool {
  guard let error = Handle.object(session, as: CSession.self)?.error else { return false }
  result?.pointee = error
  return true
}

@c @implementation
public func mmq_session_warnings(_ session: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  let warnings = Handle.object(session, as: CSession.self)?.outcome?.warnings ?? []
  return strdup(warnings.map { $0 + "\n" }.joined())
}

@c @implementation
public func mmq_session_free(_ session: OpaquePointer?) { Handle.free(session, as: CSession.self) }
