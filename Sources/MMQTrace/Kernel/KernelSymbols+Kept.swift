// Symbols that are read when somebody first asks.

internal import Synchronization

/// For any thread.
final class KeptSymbols: Sendable {
  private let symbols = Mutex<KernelSymbols?>(nil)

  func get(_ load: () -> KernelSymbols) -> KernelSymbols {
    symbols.withLock { symbols in
      if let symbols { return symbols }
      let loaded = load()
      symbols = loaded
      return loaded
    }
  }
}
