// Threads that read and decompress blocks before they are asked for.

internal import Glibc
internal import Synchronization

/// The next block of a stream: ordered, read by whoever comes first, collected.
///
/// Unchecked: between order and collection it belongs to the thread that takes it out of the queue, else
/// to the owner of the stream.
final class BlockRequest: @unchecked Sendable {
  private let reader: any BlockReader
  private var block = Block()
  private(set) var isAtEnd = false
  fileprivate var isOrdered = false
  fileprivate let isDone = Semaphore()

  init(_ reader: any BlockReader) { self.reader = reader }

  deinit { block.free() }

  func read() {
    block.empty()
    isAtEnd = !reader.read(into: &block)
  }

  func exchange(_ other: inout Block) { swap(&block, &other) }
}

/// Reads blocks on the threads that call `work`, in the order in which they are ordered. Without such
/// threads, or when they are behind, whoever collects a block reads it: nothing waits in the queue for
/// somebody who never comes.
public final class ReadAhead: Sendable {
  private struct State {
    var queue: [BlockRequest] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let orders = Semaphore()

  public init() {}

  /// Reads what is ordered until somebody says stop.
  public func work() {
    while true {
      orders.wait()
      let (request, isStopped) = state.withLock { state in
        let isIdle = state.isStopped || state.queue.isEmpty
        return (isIdle ? nil : state.queue.removeFirst(), state.isStopped)
      }
      if isStopped { return }
      request?.read()
      request?.isDone.signal()
    }
  }

  /// Ends the threads that work, each after the block that it is at.
  public func stop(threads: Int) {
    state.withLock { $0.isStopped = true }
    for _ in 0..<threads { orders.signal() }
  }

  func order(_ request: BlockRequest) {
    request.isOrdered = true
    state.withLock { $0.queue.append(request) }
    orders.signal()
  }

  /// Returns when the block is there.
  func collect(_ request: BlockRequest) {
    if !request.isOrdered || take(request) {
      request.read()
    } else {
      request.isDone.wait()
    }
    request.isOrdered = false
  }

  /// Nobody will collect it.
  func withdraw(_ request: BlockRequest) {
    if request.isOrdered, !take(request) { request.isDone.wait() }
    request.isOrdered = false
  }

  /// Takes a request back; false where somebody is at it or done with it.
  private func take(_ request: BlockRequest) -> Bool {
    state.withLock { state in
      guard let place = state.queue.firstIndex(where: { $0 === request }) else { return false }
      state.queue.remove(at: place)
      return true
    }
  }
}

/// One thread waits, another one signals; signals are counted.
private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 {}  // EINTR
  }
}
