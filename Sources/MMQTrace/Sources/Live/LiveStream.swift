// The sub-buffers of one CPU of the running kernel, by read(2).

internal import Glibc

/// A stream that ends when its instance goes.
protocol LivePageStream: PageStream {
  func end()
}

/// Reads `trace_pipe_raw` without waiting: no page means that there is nothing now. A sub-buffer that
/// the kernel still writes to comes in pieces, each with a header and a time stamp of its own
/// (ring_buffer_read_page in kernel/trace/ring_buffer.c).
final class LiveStream: LivePageStream {
  let cpu: UInt32
  let buffer = ""
  let layout: RingLayout
  private let page: UnsafeMutableRawBufferPointer
  private let damage: DamageLog
  /// -1 when the instance is gone; the instance closes it.
  private var descriptor: Int32

  init(cpu: UInt32, layout: RingLayout, descriptor: Int32, damage: DamageLog) {
    self.cpu = cpu
    self.layout = layout
    self.descriptor = descriptor
    self.damage = damage
    page = .allocate(byteCount: layout.subBufferSize, alignment: 16)
  }

  deinit { page.deallocate() }

  func end() { descriptor = -1 }

  /// Exactly one sub-buffer a call: smaller reads give fragments that the next ones do not continue.
  func nextPage() -> UnsafeRawBufferPointer? {
    guard descriptor >= 0 else { return nil }
    while true {
      let got = read(descriptor, page.baseAddress, page.count)
      if got > 0 { return UnsafeRawBufferPointer(rebasing: page[..<got]) }
      // ENODEV: a CPU that has no ring before it is online for the first time.
      if got == 0 || errno == EAGAIN || errno == ENODEV { return nil }
      guard errno == EINTR else { break }
    }
    let reason = String(cString: strerror(errno))
    damage.error("ring of CPU \(cpu)", "CPU \(cpu): the ring cannot be read: \(reason)")
    return nil
  }
}
