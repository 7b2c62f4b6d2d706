// The stack of the record at hand.

internal import MMQTrace

extension Run {
  /// Counts the events that are asked for their stacks: false where this one was asked before.
  private func takesNote() -> Bool {
    // Memory is used again, and another CPU's record may have the same time.
    let event = (context.base, context.time, lane)
    defer { askedForStack = event }
    if let asked = askedForStack, asked == event { return false }
    faults.stacks.asked += 1
    return true
  }

  /// The id of the kernel's stack, at most so many functions of it; the empty one where the event has none.
  func kernelStack(limit: Int) -> UInt64 {
    let isNew = takesNote()
    guard let stacks,
      let record = records?.pointee.record(behind: context.base, context.size),
      stacks.isStack(record, of: context.record(byteOrder))
    else {
      if isNew { faults.stacks.missing += 1 }
      return 0
    }
    let (count, isDamaged) = stacks.count(record)
    if isDamaged, isNew { faults.stacks.damaged += 1 }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, min(count, limit))) {
      addresses in
      let depth = min(count, limit)
      for index in 0..<depth {
        addresses.initializeElement(at: index, to: stacks.address(index, record))
      }
      return strings.intern(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(addresses)[..<(depth * 8)]))
    }
  }
}
