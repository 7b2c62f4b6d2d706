// Finds values of the kernel in the records of a recording.

internal import Glibc

/// Pairs of a page's number and the address of its `struct page`.
struct PageArrayFinder {
  private var first: (page: UInt64, address: UInt64)?
  private var found: KernelValues.PageArray?
  private var agreeing = 0
  private var isContradicted = false

  /// A third pair must agree with what two of them say.
  private static let fewest = 3
  /// So many leave no doubt.
  private static let enough = 256

  static func find(in source: any TraceSource) -> KernelValues.PageArray? {
    let events = source.schemas.compactMap(PairedFields.init(pageOf:))
    var finder = PageArrayFinder()
    PairedFields.read(events, in: source) { page, address, _ in
      finder.take(page: page, address: address)
      return !finder.isContradicted && finder.agreeing < enough
    }
    return finder.result
  }

  var result: KernelValues.PageArray? {
    isContradicted || agreeing < PageArrayFinder.fewest ? nil : found
  }

  mutating func take(page: UInt64, address: UInt64) {
    guard let first else {
      first = (page, address)
      agreeing = 1
      return
    }
    if found == nil, page != first.page { found = line(through: first, (page, address)) }
    let expected = found.map { $0.base &+ page &* $0.size } ?? first.address
    if expected == address { agreeing += 1 } else { isContradicted = true }
  }

  /// nil where the distance is no size that a `struct page` has.
  private func line(
    through a: (page: UInt64, address: UInt64), _ b: (page: UInt64, address: UInt64)
  ) -> KernelValues.PageArray? {
    let (low, high) = a.page < b.page ? (a, b) : (b, a)
    let pages = high.page - low.page
    let bytes = high.address &- low.address
    let size = bytes / pages
    guard bytes % pages == 0, (32...256).contains(size), size % 4 == 0 else { return nil }
    return KernelValues.PageArray(base: low.address &- low.page &* size, size: size)
  }
}

/// Counts of jiffies and their times.
struct TickFinder {
  /// The choices of kernel/Kconfig.hz.
  private static let choices: [UInt64] = [100, 250, 300, 1000]
  /// The machines whose kernels have these choices only.
  private static let machines: Set<Substring> = [
    "x86_64", "i686", "aarch64", "riscv64", "ppc64le", "s390x", "loongarch64",
  ]
  /// How many seconds the count may be late: a tick may be held up.
  private static let patience = 0.02

  private let longSize: Int
  private var first: (time: UInt64, count: UInt64)?
  /// For each choice, how far counts were below and above what it says.
  private var deviations = [ClosedRange<Double>](
    repeating: 0...0, count: TickFinder.choices.count)

  init(longSize: Int) { self.longSize = longSize }

  static func find(in source: any TraceSource) -> UInt64? {
    let words = source.machine.uname?.split(separator: " ") ?? []
    guard source.clock.isNanoseconds, words.contains(where: machines.contains) else { return nil }
    let time = StampConversion(source.clock)
    var finder = TickFinder(longSize: source.machine.longSize)
    PairedFields.read(
      source.schemas.compactMap(PairedFields.init(tickOf:)), in: source
    ) { count, _, stamp in
      finder.take(count: count, at: time(stamp))
      return true
    }
    return finder.result
  }

  mutating func take(count: UInt64, at time: UInt64) {
    guard let first else {
      first = (time, count)
      return
    }
    let ticks = CInteger.extend(count &- first.count, size: longSize, isSigned: true)
    let seconds = Double(Int64(bitPattern: time &- first.time)) / 1e9
    for (index, hz) in TickFinder.choices.enumerated() {
      let deviation = Double(Int64(bitPattern: ticks)) - seconds * Double(hz)
      let range = deviations[index]
      deviations[index] = min(range.lowerBound, deviation)...max(range.upperBound, deviation)
    }
  }

  /// The only choice that all counts agree with; nil where a short time leaves several, and where the
  /// clock went on while jiffies did not.
  var result: UInt64? {
    let fitting = TickFinder.choices.indices.filter { index in
      let range = deviations[index]
      let allowed = 2 + Double(TickFinder.choices[index]) * TickFinder.patience
      return range.upperBound - range.lowerBound <= allowed
    }
    return fitting.count == 1 ? TickFinder.choices[fitting[0]] : nil
  }
}

/// Two fields of one event.
private struct PairedFields {
  var type: Int
  var a: Field
  var b: Field

  /// A page's number, and the address of its `struct page` or `struct folio`.
  init?(pageOf schema: EventSchema) {
    let pointers = schema.ownFields.filter { field in
      field.shape == .pointer
        && ["struct page *", "struct folio *"].contains { field.typeText.hasSuffix($0) }
    }
    guard pointers.count == 1, let page = schema.field(named: "pfn"), page.shape == .integer else {
      return nil
    }
    (type, a, b) = (schema.id, page, pointers[0])
  }

  /// The count of ticks when the event happened.
  init?(tickOf schema: EventSchema) {
    guard ["timer:timer_start", "timer:timer_expire_entry"].contains(schema.fullName),
      let now = schema.field(named: "now"), now.shape == .integer
    else { return nil }
    (type, a, b) = (schema.id, now, now)
  }

  /// A pass over the records of these events, CPU by CPU, until `body` says that it is enough.
  static func read(
    _ events: [PairedFields], in source: any TraceSource,
    _ body: (_ a: UInt64, _ b: UInt64, _ stamp: UInt64) -> Bool
  ) {
    guard !events.isEmpty, source.canReadAgain, let streams = try? source.openStreams() else {
      return
    }
    let slots = RecordWish.makeSlots(RecordWish.unwanted)
    defer { free(slots) }
    for (index, event) in events.enumerated() where (0..<RecordWish.typeCount) ~= event.type {
      slots[event.type] = UInt16(index + 1)
    }
    for stream in streams {
      var lane = Lane(stream, RecordWish(slots: slots, limit: RecordWish.all.limit))
      while lane.next() {
        let found = lane.record
        guard (1...events.count) ~= Int(found.slot) else { continue }
        let event = events[Int(found.slot) - 1]
        let record = found.record(source.machine.byteOrder)
        guard let a = record.integer(event.a), let b = record.integer(event.b) else { continue }
        if !body(UInt64(bitPattern: a), UInt64(bitPattern: b), found.stamp) { return }
      }
    }
  }
}
