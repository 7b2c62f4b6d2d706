// From the tables of a recording to the extents that streams may read: everything is checked here.

extension TraceDatLoader {
  /// One CPU's data before it is checked against that of the others.
  private struct Claim {
    var extent: Extent
    /// Where its data ends by the table.
    var end: UInt64
  }

  /// The extents of all buffers, in order of buffer, then CPU. What is cut, doubled or overlaps is
  /// reported and left out.
  func extents() -> [Extent] {
    var claims: [Claim] = []
    for buffer in options.buffers {
      claims += self.claims(of: buffer)
    }
    return withoutOverlaps(claims)
  }

  private static let mostStreams = 16384

  private func claims(of buffer: TraceDatOptions.Buffer) -> [Claim] {
    let (limit, method) = bounds(of: buffer)
    let layout = layout(of: buffer, limit, method)
    var seen: Set<UInt32> = []
    var claims: [Claim] = []
    for cpu in buffer.cpus.sorted(by: { $0.cpu < $1.cpu }) where cpu.size > 0 {
      let title = Extent.title(cpu.cpu, buffer.name)
      guard seen.insert(cpu.cpu).inserted, claims.count < Self.mostStreams else {
        damage.error("doubled CPU", "\(title) is there twice; the second is skipped")
        continue
      }
      let (end, isHuge) = cpu.offset.addingReportingOverflow(cpu.size)
      guard !isHuge, cpu.offset >= headEnd, cpu.offset < file.size else {
        damage.error(
          "lost CPU",
          "\(title): its \(cpu.size) bytes of data at byte \(hex(cpu.offset)) are not in the file")
        continue
      }
      if end > file.size {
        damage.error(
          "cut data",
          "\(title): the file ends after \(file.size - cpu.offset) of \(cpu.size) bytes of its data"
        )
      } else if method == .none && !cpu.size.isMultiple(of: UInt64(layout.subBufferSize)) {
        damage.error(
          "odd data", "\(title): its \(cpu.size) bytes don't end with a whole sub-buffer")
      }
      // The size of compressed data leaves out the count of chunks: their sizes are the measure.
      let readable = method == .none ? min(end, file.size) : max(min(end, file.size), limit)
      claims.append(
        Claim(
          extent: Extent(
            of: file, cpu: cpu.cpu, buffer: buffer.name, layout: layout, offset: cpu.offset,
            end: readable,
            method: method, damage: damage),
          end: end))
    }
    return claims
  }

  /// How far a buffer's chunks may go, and how they are compressed.
  private func bounds(
    of buffer: TraceDatOptions.Buffer
  ) -> (limit: UInt64, method: Decompressor.Method) {
    guard version >= 7 else { return (file.size, .none) }
    guard let (id, section) = try? section(at: buffer.place), id == TraceDatOptions.ID.buffer else {
      damage.note(
        "buffer section",
        "buffer '\(buffer.name)' has no section of data at byte \(hex(buffer.place))")
      return (file.size, method)
    }
    let (end, isHuge) = section.offset.addingReportingOverflow(section.size)
    return (isHuge ? file.size : min(end, file.size), section.isCompressed ? method : .none)
  }

  /// Nothing is read twice: of two that overlap, the one that starts later is dropped.
  private func withoutOverlaps(_ claims: [Claim]) -> [Extent] {
    var isDropped = [Bool](repeating: false, count: claims.count)
    var end: UInt64 = 0
    for i in claims.indices.sorted(by: { claims[$0].extent.offset < claims[$1].extent.offset }) {
      let extent = claims[i].extent
      if extent.offset < end {
        isDropped[i] = true
        damage.error(
          "overlapping data",
          "\(extent.title): its data at byte \(hex(extent.offset)) is another's too; skipped")
      } else {
        end = claims[i].end
      }
    }
    return claims.indices.filter { !isDropped[$0] }.map { claims[$0].extent }
  }
}
