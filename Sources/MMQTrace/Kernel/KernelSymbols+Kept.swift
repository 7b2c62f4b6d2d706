// Symbols that are read when somebody first asks, or meanwhile by another thread.

internal import Synchronization

/// For any thread. Who asks while another one is reading waits for it.
public final class KeptSymbols: Sendable {
  private typealias Loaded = Result<KernelSymbols, TraceError>

  private let loaded = Mutex<Loaded?>(nil)
  private let hasLoaded = Atomic(false)
  private let isTold = Atomic(false)
  private let load: @Sendable () throws(TraceError) -> KernelSymbols

  init(_ load: @escaping @Sendable () throws(TraceError) -> KernelSymbols) { self.load = load }

  /// Reads them, unless that is done. What is wrong is said only to who asks for them.
  public func prepare() { _ = result() }

  /// Who asks now need not wait.
  public var isReady: Bool { hasLoaded.load(ordering: .acquiring) }

  /// None where they cannot be read: the first who asks is told why.
  func get(_ tell: (TraceError) -> Void = { _ in }) -> KernelSymbols {
    switch result() {
    case .success(let symbols): return symbols
    case .failure(let problem):
      if !isTold.exchange(true, ordering: .relaxed) { tell(problem) }
      return .none
    }
  }

  private func result() -> Loaded {
    loaded.withLock { loaded in
      if let loaded { return loaded }
      let result = Loaded { () throws(TraceError) in try load() }
      loaded = result
      hasLoaded.store(true, ordering: .releasing)
      return result
    }
  }
}
