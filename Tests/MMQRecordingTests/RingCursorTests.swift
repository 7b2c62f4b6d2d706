// Every kind of record, in every layout of sub-buffers, through the writer and back.

import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite struct RingCursorTests {
  static let layouts: [RingLayout] = [ByteOrder.little, .big].flatMap { order in
    [4, 8].flatMap { long in
      [4096, 16384, 65536].map {
        RingLayout(byteOrder: order, commitSize: long, dataOffset: 8 + long, subBufferSize: $0)
      }
    }
  }

  struct Reading: Equatable {
    var lost = LostEvents.none
    var times: [UInt64] = []
    var sizes: [Int] = []
    var isCorrupt = false
  }

  static func read(_ page: [UInt8], _ layout: RingLayout) -> Reading {
    var cursor = RingCursor(byteOrder: layout.byteOrder)
    var reading = Reading()
    page.withUnsafeBytes {
      reading.lost = cursor.open($0, layout)
      while cursor.next() {
        reading.times.append(cursor.stamp)
        reading.sizes.append(cursor.recordSize)
      }
    }
    reading.isCorrupt = cursor.isCorrupt
    return reading
  }

  @Test(arguments: layouts)
  func shortAndLongRecords(_ layout: RingLayout) {
    var page = SubBufferWriter(layout, stamp: 1000)
    page.must { $0.record([1, 2, 3, 4], delta: 5) }
    page.must { $0.record([UInt8](repeating: 7, count: 112), delta: 1) }
    page.must { $0.record([UInt8](repeating: 7, count: 113), delta: 1) }
    page.must { $0.record([UInt8](repeating: 7, count: 8), delta: 1, isLong: true) }
    let reading = Self.read(page.finished(), layout)
    #expect(reading.times == [1005, 1006, 1007, 1008])
    #expect(reading.sizes == [4, 112, 116, 8])
    #expect(!reading.isCorrupt)
  }

  @Test(arguments: layouts)
  func timeExtendsAndStamps(_ layout: RingLayout) {
    let top: UInt64 = 3 << 60
    var page = SubBufferWriter(layout, stamp: top + 100)
    page.must { $0.timeExtend(1 << 40) }
    page.must { $0.timeExtend(1 << 30) }  // nested: one extend right after another
    page.must { $0.record([0, 0, 0, 0], delta: 7) }
    page.must { $0.timeStamp(12345) }
    page.must { $0.record([0, 0, 0, 0], delta: 1) }
    page.must { $0.timeExtend(2) }
    page.must { $0.timeStamp(1 << 58) }
    page.must { $0.record([0, 0, 0, 0]) }
    let reading = Self.read(page.finished(), layout)
    // The top five bits of an absolute stamp come from the page.
    #expect(
      reading.times == [
        top + 100 + (1 << 40) + (1 << 30) + 7, top + 12346, top + (1 << 58),
      ])
    #expect(!reading.isCorrupt)
  }

  @Test(arguments: layouts)
  func discardedRecordsMoveTheTime(_ layout: RingLayout) {
    var page = SubBufferWriter(layout, stamp: 10)
    page.must { $0.discarded(length: 24, delta: 100) }
    page.must { $0.discarded(length: 4, delta: 1) }  // a delta of 1 stands for 0
    page.must { $0.record([0, 0, 0, 0], delta: 5) }
    page.must { $0.padding() }
    let reading = Self.read(page.finished(), layout)
    #expect(reading.times == [115])
    #expect(!reading.isCorrupt)
  }

  @Test(arguments: layouts)
  func lostEvents(_ layout: RingLayout) {
    for lost in [LostEvents.none, .unknown, .counted(0x1234_5678)] {
      var page = SubBufferWriter(layout, stamp: 10, lost: lost)
      page.must { $0.record([0, 0, 0, 0]) }
      let reading = Self.read(page.finished(), layout)
      #expect(reading.lost == lost)
      #expect(reading.times == [10])
      #expect(!reading.isCorrupt)
    }
  }

  @Test(arguments: layouts)
  func aFullPageHasNoRoomForTheCount(_ layout: RingLayout) {
    var page = SubBufferWriter(layout, stamp: 10, lost: .counted(7))
    var records = 0
    while page.record([0, 0, 0, 0]) { records += 1 }
    let reading = Self.read(page.finished(), layout)
    #expect(reading.lost == .unknown || page.room >= layout.commitSize)
    #expect(reading.times.count == records)
    #expect(!reading.isCorrupt)
  }

  @Test func aFullPageOf64Bits() {
    let layout = RingLayout(
      byteOrder: .little, commitSize: 8, dataOffset: 16, subBufferSize: 4096)
    var page = SubBufferWriter(layout, stamp: 10, lost: .counted(7))
    while page.record([0, 0, 0, 0]) {}
    #expect(page.room == 0)
    #expect(Self.read(page.finished(), layout).lost == .unknown)
  }

  @Test(arguments: layouts)
  func damage(_ layout: RingLayout) {
    var good = SubBufferWriter(layout, stamp: 1)
    good.must { $0.record([1, 1, 1, 1]) && $0.record([2, 2, 2, 2]) }
    let page = good.finished()
    func word(_ value: UInt32) -> [UInt8] {
      var writer = ByteWriter(layout.byteOrder)
      writer.integer(value)
      return writer.bytes
    }
    func head(_ type: UInt32, _ delta: UInt32) -> [UInt8] {
      word(layout.byteOrder == .little ? delta << 5 | type : type << 27 | delta)
    }
    // Each replaces the second record, of 8 bytes, and makes no sense there.
    let nonsense = [
      head(0, 0) + word(3), head(0, 0) + word(5), head(0, 0) + word(.max), head(2, 0) + word(0),
      head(28, 0) + word(0), head(29, 9) + word(.max), head(29, 9) + word(5),
    ]
    for bytes in nonsense {
      var bad = page
      bad.replaceSubrange((layout.dataOffset + 8)..<(layout.dataOffset + 16), with: bytes)
      let reading = Self.read(bad, layout)
      #expect(reading.times == [1])
      #expect(reading.isCorrupt)
    }
    #expect(Self.read(Array(page.prefix(layout.dataOffset + 12)), layout).times == [1])
    #expect(Self.read(Array(page.prefix(layout.dataOffset + 12)), layout).isCorrupt)
    #expect(Self.read(Array(page.prefix(layout.dataOffset - 1)), layout).isCorrupt)
    #expect(Self.read([], layout) == Reading())
  }

  /// Any bytes at all: no trap, and never a record outside the page.
  @Test func randomPages() {
    var random = SeededRandom(seed: 11)
    for layout in Self.layouts where layout.subBufferSize == 4096 {
      for _ in 0..<200 {
        let page = (0..<Int(random.next() % 5000)).map { _ in UInt8(random.next() & 0xff) }
        page.withUnsafeBytes { bytes in
          var cursor = RingCursor(byteOrder: layout.byteOrder)
          _ = cursor.open(bytes, layout)
          while cursor.next() {
            let offset = cursor.record - UnsafeRawPointer(bytes.baseAddress!)
            #expect(offset >= 0 && cursor.recordSize >= 0)
            #expect(offset + cursor.recordSize <= bytes.count)
          }
        }
      }
    }
  }
}

extension SubBufferWriter {
  /// Adds a record that there is room for.
  mutating func must(_ add: (inout SubBufferWriter) -> Bool) {
    let isAdded = add(&self)
    #expect(isAdded)
  }
}
