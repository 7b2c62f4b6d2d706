// The record that says where the kernel lay in memory while perf recorded.

/// A mapping of the kernel's own text, such as `[kernel.kallsyms]_text`. Follows
/// perf_event__synthesize_kernel_mmap in tools/perf/util/synthetic-events.c: the page offset is the address
/// of the symbol whose name is behind the bracket.
enum PerfKernelMap {
  private static let title = Array("[kernel.kallsyms]".utf8)
  /// Before it come descriptions of events, of which a recording of all events has some thousands.
  private static let mostRecords = 1 << 14

  /// nil where perf did not write it, or might not know it.
  static func start(_ file: InputFile, _ data: Range<UInt64>, _ order: ByteOrder) -> UInt64? {
    var records = PerfRecords(file, data, order)
    for _ in 0..<mostRecords {
      guard let record = records.next() else { return nil }
      if let start = start(record, records.type, records.size, order) { return start }
      records.skipTail(of: record)
    }
    return nil
  }

  private static func start(
    _ record: UnsafeRawPointer, _ type: UInt32, _ size: Int, _ order: ByteOrder
  ) -> UInt64? {
    let place: Int
    switch type {
    case PerfRecordType.mmap: place = 40
    case PerfRecordType.mmap2: place = 72
    default: return nil
    }
    guard size >= place + title.count else { return nil }
    let name = UnsafeRawBufferPointer(start: record + place, count: title.count)
    guard name.elementsEqual(title) else { return nil }
    let address = record.load(UInt64.self, at: 32, order)
    return address == 0 ? nil : address
  }
}
