// How the sub-buffers of a raw dump are laid out: what `header_page` says, or what fits the data.

enum RawLayout {
  /// How many sub-buffers of a sample make sense, how many do not, and what is in the former.
  private struct Fit {
    var good = 0
    var bad = 0
    var records: UInt64 = 0

    var isConvincing: Bool { good > 0 && good >= bad }

    /// A layout that finds more. One with larger sub-buffers passes over what it does not see, so that few
    /// bad ones alone prove nothing.
    func isBetter(than other: Fit) -> Bool {
      isConvincing && records > other.records
        && (!other.isConvincing || bad * (other.good + other.bad) <= other.bad * (good + bad))
    }
  }

  /// The layout that `header_page` declares, in the byte order that fits the data, unless another one of
  /// Linux fits better: what dd(1) takes from a ring has the size that dd asked for.
  static func find(
    _ headerPage: String?, for files: [RawFile], _ damage: DamageLog
  ) -> RingLayout {
    let declared =
      headerPage.map { text in orders.compactMap { HeaderPage.layout(text, $0) } } ?? []
    let first = declared.first ?? HeaderPage.usual(longSize: 8, pageSize: 4096, .host)
    var best = (layout: first, fit: fit(first, files))
    for layout in declared + usual {
      let fit = fit(layout, files)
      if fit.isBetter(than: best.fit) { best = (layout, fit) }
    }
    if !declared.contains(best.layout) {
      let reason =
        headerPage == nil ? "there is no header_page" : "header_page does not fit the data"
      damage.note(
        "header_page",
        "\(reason): \(best.layout.byteOrder)-endian sub-buffers of \(best.layout.subBufferSize) bytes "
          + "with \(best.layout.commitSize)-byte longs are taken")
    }
    return best.layout
  }

  private static let orders: [ByteOrder] = [.little, .big]

  private static var usual: [RingLayout] {
    [4096, 8192, 16384, 32768, 65536, 1 << 17, 1 << 18].flatMap { size in
      [8, 4].flatMap { longSize in
        orders.map { HeaderPage.usual(longSize: longSize, pageSize: size, $0) }
      }
    }
  }

  /// What is looked at: so many files, and of each so many bytes.
  private static let sample = (files: 16, bytes: UInt64(1 << 19))

  private static func fit(_ layout: RingLayout, _ files: [RawFile]) -> Fit {
    var fit = Fit()
    for raw in files.prefix(sample.files) {
      let size = UInt64(layout.subBufferSize)
      for page in 0..<(min(sample.bytes, raw.file.size) / size) {
        guard let bytes = try? raw.file.read(at: page * size, count: layout.subBufferSize) else {
          break
        }
        bytes.withUnsafeBytes { judge($0, layout, &fit) }
      }
    }
    return fit
  }

  /// Empty ones say nothing.
  private static func judge(_ page: UnsafeRawBufferPointer, _ layout: RingLayout, _ fit: inout Fit)
  {
    var cursor = RingCursor(byteOrder: layout.byteOrder)
    _ = cursor.open(page, layout)
    while cursor.next() {}
    if cursor.isCorrupt {
      fit.bad += 1
    } else if cursor.records > 0 {
      fit.good += 1
      fit.records += cursor.records
    }
  }
}
