// A version 7 file that has lost its options, as a cut one has: what its sections still tell.

extension TraceDatLoader {
  private typealias ID = TraceDatOptions.ID
  private static let mostSections = 65536

  /// A section of data whose option may be lost.
  struct Orphan {
    var place: UInt64
    var end: UInt64
  }

  /// Goes from section to section, takes options that the chain didn't reach and sections that no
  /// option names; returns the buffers' sections.
  mutating func walkSections(from start: UInt64, _ visited: inout Set<UInt64>) -> [Orphan] {
    var buffers: [Orphan] = []
    var place = start
    for _ in 0..<Self.mostSections {
      guard let (id, section) = try? section(at: place), id <= ID.last else { break }
      switch id {
      case ID.done:
        if visited.insert(place).inserted { _ = try? readOptions(section) }
      case ID.buffer:
        buffers.append(Orphan(place: place, end: dataEnd(section)))
        if buffers.last?.end == file.size { return buffers }
      case ID.metadata:
        if options.sections[id] == nil { options.sections[id] = place }
      default: break
      }
      let (end, isHuge) = section.offset.addingReportingOverflow(section.size)
      if isHuge || end >= file.size { break }
      place = end
    }
    return buffers
  }

  /// Where a section of data ends. A recorder that was killed has left its size at 0, as a buffer
  /// without data has: options follow only the latter.
  private func dataEnd(_ section: Section) -> UInt64 {
    let (end, isHuge) = section.offset.addingReportingOverflow(section.size)
    if isHuge || end > file.size { return file.size }
    guard section.size == 0 else { return end }
    let next = try? self.section(at: end)
    return next.map { $0.id == ID.done && $0.1.size > 0 && $0.1.size < 1 << 20 } ?? false
      ? end : file.size
  }

  /// Finds the CPUs of a buffer whose option is lost. Their data stands in the order of CPUs, each
  /// at the start of a page; which CPUs had none is unknown.
  mutating func salvageBuffer(_ orphan: Orphan) {
    let place = orphan.place
    let end = orphan.end
    guard !options.buffers.contains(where: { $0.place == place }),
      let (_, section) = try? section(at: place)
    else { return }
    let isChunked = section.isCompressed && method != .none
    let extents =
      isChunked ? salvageChunks(section.offset, end) : salvagePages(section.offset, end)
    guard !extents.isEmpty else { return }
    var buffer = TraceDatOptions.Buffer(
      name: options.buffers.isEmpty ? "" : "lost name \(options.buffers.count)", place: place)
    for (cpu, extent) in extents.enumerated() {
      buffer.cpus.append(.init(cpu: UInt32(cpu), offset: extent.start, size: extent.size))
    }
    options.buffers.append(buffer)
    damage.error(
      "lost buffer table",
      "the table of the buffer at byte \(hex(place)) is lost: its data was found by searching, "
        + "and its CPUs are numbered in the order of their data")
  }

  private var mostCPUs: Int { Int(min(options.cpuCount ?? 8192, 8192)) }

  private func aligned(_ offset: UInt64) -> UInt64 {
    let page = UInt64(HeaderPage.isPossible(pageSize) ? pageSize : 4096)
    return (offset &+ page &- 1) & ~(page - 1)
  }

  /// Follows the sizes of chunks from one CPU to the next.
  private func salvageChunks(_ from: UInt64, _ end: UInt64) -> [(start: UInt64, size: UInt64)] {
    var found: [(start: UInt64, size: UInt64)] = []
    var start = aligned(from)
    while found.count < mostCPUs, start < end, let stop = chunksEnd(start, end) {
      found.append((start, stop - start))
      start = aligned(stop)
    }
    return found
  }

  /// Where the chunks of the CPU at `start` end; nil if there are none. A chunk that is cut off is
  /// left to the stream, which reports it.
  private func chunksEnd(_ start: UInt64, _ end: UInt64) -> UInt64? {
    var reader = ByteReader(file: file, at: start, order: order)
    guard let count = try? reader.u32(), count > 0 else { return nil }
    for index in 0..<count {
      guard let packed = try? reader.u32(), let size = try? reader.u32(), packed > 0, size > 0,
        (try? reader.skip(UInt64(packed))) != nil,
        reader.offset <= end
      else { return index == 0 && end < file.size ? nil : end }
    }
    return reader.offset
  }

  /// Uncompressed pages don't say whose they are; where the time steps back, the next CPU starts.
  private func salvagePages(_ from: UInt64, _ end: UInt64) -> [(start: UInt64, size: UInt64)] {
    var found: [(start: UInt64, size: UInt64)] = []
    let step = UInt64(layout.subBufferSize)
    var start = aligned(from)
    var place = start
    var before: UInt64 = 0
    while place < end {
      var reader = ByteReader(file: file, at: place, order: order)
      guard let stamp = try? reader.u64() else { break }
      if stamp < before, stamp != 0, found.count + 1 < mostCPUs {
        found.append((start, place - start))
        start = place
      }
      if stamp != 0 { before = stamp }
      place += step
    }
    if start < end { found.append((start, end - start)) }
    return found
  }
}
