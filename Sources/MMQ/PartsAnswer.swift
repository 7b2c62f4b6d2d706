// Maps that somebody wants to see while a recording is read in parts.

internal import Synchronization

/// The sessions that read parts. When somebody asks, it copies what each has found so far, between two of its
/// parts, and prints the sum when it has heard them all. Nothing of theirs changes.
///
/// Unchecked: a session is touched by its own thread only, or under the lock when that is done with it.
final class PartsAnswer: @unchecked Sendable {
  private struct State {
    var working: [Session] = []
    var ended: [Session] = []
    /// What was heard; nil while nobody asks.
    var sum: Session?
    /// Sessions that are still to be heard.
    var missing: Set<ObjectIdentifier> = []
  }

  private var state = State()
  private let lock = Mutex(())
  /// Looked at after each part.
  private let isOpen = Atomic(false)

  func begin(_ session: Session) { lock.withLock { _ in state.working.append(session) } }

  /// The host's thread asks whether somebody wants the maps.
  func hear(_ leader: Session) {
    guard !isOpen.load(ordering: .relaxed), leader.wantsMaps() else { return }
    lock.withLock { _ in
      guard
        let sum = try? Session(
          helping: leader, nil, isGuess: false, sink: leader.run.sink, isCancelled: { false })
      else { return }
      for map in sum.run.shapes.indices { sum.run.load(map, from: leader.run, map) }
      for session in state.ended { add(session, to: sum) }
      state.sum = sum
      state.missing = Set(state.working.map { ObjectIdentifier($0) })
      isOpen.store(true, ordering: .relaxed)
    }
  }

  /// A session is between two parts.
  func pause(_ session: Session) {
    guard isOpen.load(ordering: .relaxed) else { return }
    lock.withLock { _ in tell(session) }
  }

  /// A session has no more parts.
  func end(_ session: Session) {
    lock.withLock { _ in
      tell(session)
      state.working.removeAll { $0 === session }
      state.ended.append(session)
    }
  }

  private func tell(_ session: Session) {
    guard let sum = state.sum, state.missing.remove(ObjectIdentifier(session)) != nil else {
      return
    }
    add(session, to: sum)
  }

  private func add(_ session: Session, to sum: Session) {
    for (map, shape) in sum.run.shapes.enumerated() {
      if case .aggregation = shape.content { sum.run.load(map, from: session.run, map) }
    }
  }

  /// On the host's thread.
  func sayIfComplete() {
    guard isOpen.load(ordering: .relaxed) else { return }
    let sum = lock.withLock { _ -> Session? in
      guard state.missing.isEmpty else { return nil }
      isOpen.store(false, ordering: .relaxed)
      defer { state.sum = nil }
      return state.sum
    }
    sum?.run.printMaps()
    sum?.run.sink.flush()
  }

  /// After all have ended. The sessions know their crew: it must not hold them for ever.
  func takeSessions() -> [Session] {
    lock.withLock { _ in
      defer { state = State() }
      return state.ended
    }
  }
}
