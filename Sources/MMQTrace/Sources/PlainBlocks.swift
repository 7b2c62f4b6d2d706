// The blocks of an extent that a recording stores uncompressed.

/// Reads sub-buffers as they follow each other in the file.
final class PlainBlocks: BlockReader {
  private let file: InputFile
  private let blockSize: Int
  /// The next byte of the file to read, and the one after the last.
  private var offset: UInt64
  private let end: UInt64

  /// All of an extent, or the sub-buffers of a part of it. `blockSize` is rounded to whole sub-buffers,
  /// and never exceeds the part.
  init(
    _ extent: Extent, from start: UInt64? = nil, to end: UInt64? = nil, blockSize: Int
  ) {
    file = extent.file
    let pageSize = extent.layout.subBufferSize
    offset = start ?? extent.offset
    self.end = end ?? extent.end
    let bytes = min(blockSize, Int(self.end - offset) + pageSize - 1)
    self.blockSize = max(1, bytes / pageSize) * pageSize
  }

  func plan(_ block: Block) -> Bool {
    let wanted = Int(min(UInt64(blockSize), end - offset))
    guard wanted > 0 else { return false }
    block.plan.append(.bytes(at: offset, wanted))
    block.planned = wanted
    offset += UInt64(wanted)
    return true
  }

  func fill(_ block: Block) {
    for case .bytes(let place, let wanted) in block.plan { fill(block, from: place, wanted) }
    block.plan.removeAll(keepingCapacity: true)
  }

  private func fill(_ block: Block, from place: UInt64, _ wanted: Int) {
    let start = block.filled
    block.reserve(start + wanted)
    do throws(TraceError) {
      block.filled += try file.read(at: place, into: block[start..<(start + wanted)])
    } catch {
      block.lose("unreadable data", at: place, error.message)
    }
    let got = block.filled - start
    guard got < wanted else { return }
    block.lose(
      "shrunken file", at: place + UInt64(got), "the file has shrunk while it was read")
    block.isLast = true
  }

  func canAdd(to block: Block) -> Bool { false }
}
