// A run as a sequence of what it says.

internal import MMQTrace
internal import Synchronization

/// What a run says, as a value.
public enum RunEvent: Sendable {
  /// So many probes are attached; the run begins.
  case attached(Int)
  /// printf() and its kin, as formatted.
  case text(TextKind, [UInt8])
  /// print() of a value, or of an event as a record of its fields.
  case value(Value)
  case message(ScriptMessage)
  /// print() of a map; after `endOfRun`, the maps that the run leaves.
  case map(MapSnapshot)
  /// So many events were lost before what comes next.
  case lost(UInt64)
  /// A tick or a round is done: what was said belongs together.
  case pause
  /// The program is done; what follows are the maps.
  case endOfRun
  /// The last one.
  case ended(Outcome)
}

extension Session {
  /// Runs a session on a thread of its own. `make` is called there: it opens the source, and makes the session
  /// with the sink that it gets. Who stops listening cancels the run, which ends properly.
  ///
  /// What was said and not yet heard is kept: `Limits.output` bounds it.
  public static func events(
    _ make: @escaping @Sendable (_ sink: any OutputSink) throws -> Session
  ) -> AsyncThrowingStream<RunEvent, any Error> {
    AsyncThrowingStream { continuation in
      let stop = StopSwitch()
      continuation.onTermination = { _ in stop.isSet.store(true, ordering: .relaxed) }
      let isRunning = Workers.detach {
        do {
          let session = try make(EventSink(continuation))
          session.run.isStopped = { stop.isSet.load(ordering: .relaxed) }
          continuation.yield(.ended(try session.start()))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      if !isRunning {
        continuation.finish(throwing: StepError(message: "there is no thread to run on"))
      }
    }
  }
}

private final class StopSwitch: Sendable {
  let isSet = Atomic(false)
}

/// Turns output into events.
private final class EventSink: OutputSink {
  typealias Continuation = AsyncThrowingStream<RunEvent, any Error>.Continuation

  private let continuation: Continuation
  let escapesControlBytes = false

  init(_ continuation: Continuation) { self.continuation = continuation }

  func text(_ kind: TextKind, _ bytes: UnsafeRawBufferPointer) {
    continuation.yield(.text(kind, Array(bytes)))
  }

  func value(_ value: Value) { continuation.yield(.value(value)) }
  func event(line: () -> [UInt8], fields: () -> Value) { value(fields()) }
  func message(_ message: ScriptMessage) { continuation.yield(.message(message)) }
  func map(_ report: MapReport) { continuation.yield(.map(report.snapshot)) }
  func attached(_ probes: Int) { continuation.yield(.attached(probes)) }
  func lost(_ events: UInt64) { continuation.yield(.lost(events)) }
  func endOfRun() { continuation.yield(.endOfRun) }
  func flush() { continuation.yield(.pause) }
}
