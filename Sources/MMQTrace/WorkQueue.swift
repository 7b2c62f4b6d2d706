// Work that other threads do before its result is asked for.

internal import CLinux
internal import Glibc
internal import Synchronization

/// Some work, done again each time it is ordered.
///
/// Unchecked: between order and collection it belongs to the thread that takes it out of the queue, else
/// to whoever orders it.
public final class Job: @unchecked Sendable {
  private let body: () -> Void
  fileprivate var isOrdered = false
  fileprivate let isDone = Semaphore()

  public init(_ body: @escaping () -> Void) { self.body = body }

  fileprivate func run() { body() }
}

/// Jobs for threads that call `work`, which take them in the order in which they were ordered. Without
/// such threads, or when they are behind, whoever collects a job does it: nothing waits in the queue for
/// somebody who never comes.
public final class WorkQueue: Sendable {
  private struct State {
    var queue: [Job] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let orders = Semaphore()

  public init() {}

  /// Calls `own`, and meanwhile does on so many threads what is ordered.
  public func run(threads: Int, while own: () -> Void) {
    Workers.run(threads) { _ in
      self.work()
    } while: {
      own()
      stop(threads: threads)
    }
  }

  /// Does what is ordered until somebody says stop.
  private func work() {
    while true {
      orders.wait()
      let (job, isStopped) = state.withLock { state in
        let isIdle = state.isStopped || state.queue.isEmpty
        return (isIdle ? nil : state.queue.removeFirst(), state.isStopped)
      }
      if isStopped { return }
      job?.run()
      job?.isDone.signal()
    }
  }

  /// Ends the threads that work, each after the job that it is at.
  private func stop(threads: Int) {
    state.withLock { $0.isStopped = true }
    for _ in 0..<threads { orders.signal() }
  }

  /// Has the job done by whichever thread is free; each job once.
  public func order(_ job: Job) {
    job.isOrdered = true
    state.withLock { $0.queue.append(job) }
    orders.signal()
  }

  /// Returns when the job is done, ordered or not. Whoever would have to wait for it does what else is ordered.
  public func collect(_ job: Job) {
    if !job.isOrdered || take(job) {
      job.run()
    } else {
      while !job.isDone.isSignaled() {
        guard let other = takeFirst() else {
          job.isDone.wait()
          break
        }
        other.run()
        other.isDone.signal()
      }
    }
    job.isOrdered = false
  }

  /// Nobody will collect it. Returns when nobody is at it any more.
  public func withdraw(_ job: Job) {
    if job.isOrdered, !take(job) { job.isDone.wait() }
    job.isOrdered = false
  }

  private func takeFirst() -> Job? {
    state.withLock { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
  }

  /// Takes a job back; false where somebody is at it or done with it.
  private func take(_ job: Job) -> Bool {
    state.withLock { state in
      guard let place = state.queue.firstIndex(where: { $0 === job }) else { return false }
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

  /// Takes a signal, if there is one.
  func isSignaled() -> Bool { sem_trywait(semaphore) == 0 }

  /// Some 20 µs: what is waited for is mostly that near, and to sleep and to be woken takes longer.
  private static let looks = Workers.cpus > 1 ? 400 : 0

  func wait() {
    for _ in 0..<Semaphore.looks {
      if isSignaled() { return }
      clinux_relax()
    }
    while sem_wait(semaphore) != 0 {}  // EINTR
  }
}
