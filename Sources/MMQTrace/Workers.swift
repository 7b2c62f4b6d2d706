// Threads that do a piece of work each, and end with it.

internal import CLinux
internal import Glibc

/// Threads for the length of one call.
public enum Workers {
  /// CPUs that this process may run on, which a cpuset or taskset(1) limits: with as many threads none waits
  /// for another.
  public static var cpus: Int {
    let allowed = Int(clinux_usable_cpus())
    return allowed > 0 ? allowed : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  private final class Start: Sendable {
    let body: @Sendable (Int) -> Void
    let number: Int

    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
      (self.number, self.body) = (number, body)
    }
  }

  /// Calls `own`, and meanwhile `body` with 0 ..< count, each on a thread of its own; waits for all. Where
  /// no thread is to be had, fewer do the work: each must take what is there to do, not a share of it.
  public static func run(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Void, while own: () -> Void
  ) {
    let threads = (0..<max(0, count)).compactMap { thread(Start($0, body)) }
    own()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body` on a thread of its own, and does not wait for it. False where there is none to be had.
  public static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = thread(Start(0, { _ in body() })) else { return false }
    pthread_detach(thread)
    return true
  }

  /// Signals are for the caller's own thread: one that runs code of the host's.
  private static func thread(_ start: Start) -> pthread_t? {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let context = Unmanaged.passRetained(start)
    var thread = pthread_t()
    let problem = pthread_create(
      &thread, nil,
      { context in
        let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
        start.body(start.number)
        return nil
      }, context.toOpaque())
    guard problem != 0 else { return thread }
    context.release()
    return nil
  }
}
