// How long an answer takes.

internal import Synchronization

/// A watch that stands still while somebody is asked: what people think about is no time of the run. One
/// thread may ask while another one shows how far the run is.
final class AnswerTime: Sendable {
  private struct State {
    var waited = Duration.zero
    var askedSince: ContinuousClock.Instant?
  }

  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// So far, without the questions.
  var elapsed: Duration { state.withLock { elapsed($0) } }

  private func elapsed(_ state: State) -> Duration {
    (state.askedSince ?? .now) - start - state.waited
  }

  /// Asks somebody.
  func standingStill<T>(_ ask: () -> T) -> T {
    state.withLock { $0.askedSince = .now }
    defer {
      state.withLock { state in
        if let since = state.askedSince { state.waited += .now - since }
        state.askedSince = nil
      }
    }
    return ask()
  }

  /// Runs what must not happen while somebody is asked, with the time so far.
  func unlessAsking(_ body: (Duration) -> Void) {
    state.withLock { state in
      if state.askedSince == nil { body(elapsed(state)) }
    }
  }
}
