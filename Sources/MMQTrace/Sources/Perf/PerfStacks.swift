// Call chains of samples as the stack records that ftrace has for them.

/// Makes a `kernel_stack` record of the kernel's part of a call chain.
struct PerfStacks {
  private let type: Int
  private let order: ByteOrder

  init(_ schema: EventSchema, _ order: ByteOrder) { (type, self.order) = (schema.id, order) }

  /// An event of perf's own, of a type that no other one has.
  static func schema(besides others: [EventSchema]) -> EventSchema? {
    let taken = Set(others.map(\.id))
    guard let free = (0...0xffff).reversed().first(where: { !taken.contains($0) }) else {
      return nil
    }
    return EventSchema(id: free, system: "perf", name: "callchain", fields: fields)
  }

  private static let head = 16
  private static let fields = [
    field("common_type", 0, 2, .integer), field("common_flags", 2, 1, .integer),
    field("common_pid", 4, 4, .integer), field("size", 8, 4, .integer),
    field("caller", head, 64, .array(elementSize: 8, count: 8, signed: false)),
  ]

  private static func field(
    _ name: String, _ offset: Int, _ size: Int, _ shape: Field.Shape
  ) -> Field {
    Field(
      name: name, typeText: "", offset: offset, size: size, isSigned: size == 4, shape: shape,
      isCommon: name.hasPrefix("common_"))
  }

  /// Markers in a chain: what follows is of this kind. PERF_CONTEXT_MAX and PERF_CONTEXT_KERNEL of
  /// linux/perf_event.h.
  private static let firstMarker = UInt64(bitPattern: -4095)
  private static let kernel = UInt64(bitPattern: -128)

  /// The record of a chain, with the flags and the thread of its event.
  func withRecord(
    behind event: UnsafeRawBufferPointer, _ chain: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    withUnsafeTemporaryAllocation(byteCount: Self.head + chain.count, alignment: 8) { room in
      room.initializeMemory(as: UInt8.self, repeating: 0)
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: event.prefix(8)))
      let count = copyKernelPart(of: chain, to: room)
      store(UInt16(truncatingIfNeeded: type), at: 0, room)
      store(UInt32(truncatingIfNeeded: count), at: 8, room)
      body(UnsafeRawBufferPointer(rebasing: room[..<(Self.head + count * 8)]))
    }
  }

  private func copyKernelPart(
    of chain: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let base = chain.baseAddress else { return 0 }
    var count = 0
    var isKernel = false
    for offset in stride(from: 0, to: chain.count, by: 8) {
      let address = base.load(UInt64.self, at: offset, order)
      if address >= Self.firstMarker {
        isKernel = address == Self.kernel
      } else if isKernel {
        store(address, at: Self.head + count * 8, room)
        count += 1
      }
    }
    return count
  }

  private func store<T: FixedWidthInteger>(
    _ value: T, at offset: Int, _ room: UnsafeMutableRawBufferPointer
  ) {
    room.storeBytes(
      of: order == .little ? value.littleEndian : value.bigEndian, toByteOffset: offset, as: T.self)
  }
}
