// The sub-buffers of one CPU where a recording stores them uncompressed.

/// Reads an extent block by block; a page is a view into the block.
final class SubBufferStream: PageStream {
  let cpu: UInt32
  let buffer: String
  let layout: RingLayout
  private let extent: Extent
  private let file: InputFile
  private let block: UnsafeMutableRawBufferPointer
  private let pageSize: Int
  /// Bytes of the block that hold data, and those that were handed out.
  private var filled = 0
  private var position = 0
  /// The next byte of the file to read, and the one after the last.
  private var offset: UInt64
  private let end: UInt64

  /// All of an extent, or the sub-buffers of a part of it. `blockSize` is rounded to whole sub-buffers,
  /// and never exceeds the part.
  init(
    _ extent: Extent, from start: UInt64? = nil, to end: UInt64? = nil, file: InputFile,
    blockSize: Int
  ) {
    cpu = extent.cpu
    buffer = extent.buffer
    layout = extent.layout
    self.extent = extent
    self.file = file
    pageSize = extent.layout.subBufferSize
    offset = start ?? extent.offset
    self.end = end ?? extent.end
    let pages = max(1, min(blockSize, Int(self.end - offset) + pageSize - 1) / pageSize)
    // The kernel copies whole pages fastest to where pages begin.
    block = .allocate(byteCount: pages * pageSize, alignment: 4096)
  }

  deinit {
    block.deallocate()
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    if position == filled && !refill() { return nil }
    // Only the last page of a cut file is shorter.
    let size = min(pageSize, filled - position)
    let page = UnsafeRawBufferPointer(start: block.baseAddress! + position, count: size)
    position += size
    return page
  }

  private func refill() -> Bool {
    let wanted = Int(min(UInt64(block.count), end - offset))
    position = 0
    filled = 0
    guard wanted > 0 else { return false }
    do throws(TraceError) {
      filled = try file.read(at: offset, into: .init(rebasing: block[..<wanted]))
    } catch {
      extent.reportLoss("unreadable data", at: offset, error.message)
    }
    offset += UInt64(filled)
    if filled < wanted {
      extent.reportLoss("shrunken file", at: offset, "the file has shrunk while it was read")
      offset = end
    }
    return filled > 0
  }
}
