// Deep recursion in tests: their own threads have less stack than a program's main thread.

import Foundation

/// Runs `body` on a thread with the stack of a main thread (8 MiB), and waits for its result.
public func onLargeStack<T: Sendable>(_ body: @escaping @Sendable () -> T) -> T {
  let box = Box<T>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    box.value = body()
    done.signal()
  }
  thread.stackSize = 8 << 20
  thread.start()
  done.wait()
  guard let value = box.value else { preconditionFailure("the thread gave no result") }
  return value
}

/// Written by one thread, then read by the other after the semaphore.
private final class Box<T>: @unchecked Sendable {
  var value: T?
}
