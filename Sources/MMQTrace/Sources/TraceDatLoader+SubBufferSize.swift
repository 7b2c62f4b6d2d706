// How large the sub-buffers of an instance are, where the recording contradicts itself.

extension TraceDatLoader {
  /// The sub-buffers of one buffer. An instance may have larger ones than the top level, of which
  /// `header_page` speaks; its option says so, but some recorders write the page size there. Where
  /// the two differ, the data decides.
  func layout(
    of buffer: TraceDatOptions.Buffer, _ limit: UInt64, _ method: Decompressor.Method
  ) -> RingLayout {
    var layout = layout
    guard let size = buffer.pageSize.map(Int.init), size != layout.subBufferSize else {
      return layout
    }
    guard HeaderPage.isPossible(size) else {
      damage.note(
        "page size", "buffer '\(buffer.name)' says that its pages have \(size) bytes; ignored")
      return layout
    }
    let large = max(size, layout.subBufferSize)
    layout.subBufferSize = min(size, layout.subBufferSize)
    let isSmall = buffer.cpus.allSatisfy { fits($0, layout, limit, method) }
    if !isSmall { layout.subBufferSize = large }
    damage.note(
      "sub-buffer size",
      "buffer '\(buffer.name)': header_page and an option disagree on the size of sub-buffers; "
        + "\(layout.subBufferSize) bytes fit the data")
    return layout
  }

  /// True if the first sub-buffers of a CPU make sense with this layout.
  private func fits(
    _ cpu: TraceDatOptions.Buffer.CPU, _ layout: RingLayout, _ limit: UInt64,
    _ method: Decompressor.Method
  ) -> Bool {
    let end = method == .none ? min(file.size, cpu.offset &+ cpu.size) : limit
    guard cpu.size > 0, cpu.offset < end else { return true }
    let extent = Extent(
      of: file, cpu: cpu.cpu, buffer: "", layout: layout, offset: cpu.offset, end: end,
      method: method,
      damage: DamageLog())
    let stream = extent.stream(blockSize: 64 << 10)
    var cursor = RingCursor(byteOrder: order)
    for _ in 0..<16 {
      guard let page = stream.nextPage(), page.count == layout.subBufferSize else { return true }
      _ = cursor.open(page, layout)
      while cursor.next() {}
      if cursor.isCorrupt { return false }
    }
    return true
  }
}
