// A number for each thread, in constant time and without allocations.

internal import Glibc

/// Numbers by thread; 0 where there is none. Of those that Linux can have, only touched pages take memory:
/// 16 MB at most.
final class ThreadTable {
  private let dense: UnsafeMutablePointer<UInt32>
  /// What no kernel has, but a damaged recording may.
  private var sparse: [Int32: UInt32] = [:]
  /// Greater than all threads that were ever set, among those that Linux can have.
  private var end: Int32 = 0

  /// The kernel's largest thread id is 2^22.
  static var limit: Int32 { TaskNames.denseLimit }

  /// Of the threads below `limit`, as long as this lives.
  var numbers: UnsafePointer<UInt32> { UnsafePointer(dense) }

  init() {
    let count = Int(ThreadTable.limit)
    dense = calloc(count, 4)!.bindMemory(to: UInt32.self, capacity: count)
  }

  deinit { free(dense) }

  @inline(__always)
  subscript(thread: Int32) -> UInt32 {
    get {
      if UInt32(bitPattern: thread) < UInt32(ThreadTable.limit) { return dense[Int(thread)] }
      return sparse[thread] ?? 0
    }
    set {
      if UInt32(bitPattern: thread) < UInt32(ThreadTable.limit) {
        dense[Int(thread)] = newValue
        end = max(end, thread + 1)
      } else {
        sparse[thread] = newValue
      }
    }
  }

  /// Changes the numbers of all threads that have one.
  func changeAll(_ change: (_ thread: Int32, _ number: UInt32) -> UInt32) {
    for thread in 0..<end where dense[Int(thread)] != 0 {
      dense[Int(thread)] = change(thread, dense[Int(thread)])
    }
    sparse = Dictionary(uniqueKeysWithValues: sparse.map { ($0, change($0, $1)) })
  }
}
