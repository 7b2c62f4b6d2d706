// The sub-buffers of one CPU of the running kernel, mapped: nothing is copied (Linux 6.10).

internal import Glibc

/// Follows include/uapi/linux/trace_mmap.h and ring_buffer_map_get_reader() of
/// kernel/trace/ring_buffer.c: an ioctl gives the reader a sub-buffer, or, while the writer is still
/// in it, more of the same one.
final class MappedStream: LivePageStream {
  let cpu: UInt32
  let buffer = ""
  let layout: RingLayout
  private(set) var part = PagePart.whole
  /// The whole mapping: a page that describes it, then all sub-buffers by number.
  let mapping: UnsafeMutableRawBufferPointer
  private let descriptor: Int32
  private let firstPage: Int
  /// The sub-buffer at hand, and how many bytes of its data were given.
  private var number: UInt32?
  private var given = 0
  private var hasEnded = false

  /// `TRACE_MMAP_IOCTL_GET_READER`, `_IO('R', 0x20)`.
  private static let getReader: UInt = 0x5220

  /// Where the parts of `struct trace_buffer_meta` are.
  private enum Meta {
    static let size = 80
    static let pageSize = 0
    static let subBufferSize = 8
    static let subBuffers = 12
    static let reader = 24
    static let readerBytes = 28
  }

  /// nil where the kernel cannot map its ring: it is read, then.
  init?(cpu: UInt32, layout: RingLayout, descriptor: Int32) {
    let page = Int(getpagesize())
    guard let head = MappedStream.map(descriptor, page) else { return nil }
    let first = Int(head.load(fromByteOffset: Meta.pageSize, as: UInt32.self))
    let size = Int(head.load(fromByteOffset: Meta.subBufferSize, as: UInt32.self))
    let count = Int(head.load(fromByteOffset: Meta.subBuffers, as: UInt32.self))
    munmap(head.baseAddress, page)
    guard first >= Meta.size, first <= 1 << 20, size == layout.subBufferSize, count < 1 << 24,
      let all = MappedStream.map(descriptor, first + size * count)
    else { return nil }
    self.cpu = cpu
    self.layout = layout
    self.descriptor = descriptor
    mapping = all
    firstPage = first
  }

  private static func map(_ descriptor: Int32, _ size: Int) -> UnsafeMutableRawBufferPointer? {
    let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  /// The instance unmaps it.
  func end() { hasEnded = true }

  func nextPage() -> UnsafeRawBufferPointer? {
    guard !hasEnded, ioctl(descriptor, MappedStream.getReader) == 0 else { return nil }
    let reader = mapping.load(fromByteOffset: Meta.reader, as: UInt32.self)
    let bytes = Int(mapping.load(fromByteOffset: Meta.readerBytes, as: UInt32.self))
    let start = firstPage + Int(reader) * layout.subBufferSize
    guard bytes <= layout.subBufferSize - layout.dataOffset,
      start + layout.subBufferSize <= mapping.count
    else { return nil }
    if reader == number {
      guard bytes > given else { return nil }
      let data = start + layout.dataOffset
      defer { given = bytes }
      part = .rest
      return UnsafeRawBufferPointer(rebasing: mapping[(data + given)..<(data + bytes)])
    }
    // Nothing was ever written: the reader's own sub-buffer is not in use yet.
    guard bytes > 0 || number != nil else { return nil }
    (number, given) = (reader, bytes)
    part = .start(bytes)
    return UnsafeRawBufferPointer(rebasing: mapping[start..<(start + layout.subBufferSize)])
  }
}
