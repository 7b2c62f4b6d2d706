// Stacks in a text: each a record right behind that of its event, as in the kernel's buffer.

/// Records that wait until it is known whether a stack belongs to them. A line of another CPU may stand between an event
/// and its stack.
final class TextStacks {
  /// An event, and the functions of its stack.
  private struct Entry {
    var record: [UInt8]
    var stamp: UInt64
    var cpu: UInt32
    var thread: Int32
    var stack: [UInt64] = []
    /// Nothing more belongs to it.
    var isWhole = false
  }

  private let type: UInt16
  private let symbols: TextSymbols
  private var entries: [Entry] = []
  /// The event whose stack the next lines are.
  private var open: Int?

  /// A CPU that falls silent holds up the others only for so long.
  private static let most = 256
  /// The deepest stack of a record.
  private static let deepest = 4096

  init(_ type: Int, _ symbols: TextSymbols) {
    (self.type, self.symbols) = (UInt16(truncatingIfNeeded: type), symbols)
  }

  /// The event's record; earlier ones of its CPU are whole.
  func add(_ record: UnsafeRawBufferPointer, at stamp: UInt64, _ line: TextLine) {
    close()
    for index in entries.indices where entries[index].cpu == line.cpu {
      entries[index].isWhole = true
    }
    entries.append(
      Entry(record: Array(record), stamp: stamp, cpu: line.cpu, thread: line.thread))
  }

  /// `<stack trace>`: which event it belongs to; the user's part is nobody's.
  func begin(_ line: TextLine, isUser: Bool) {
    close()
    guard !isUser else { return }
    open = entries.lastIndex { $0.cpu == line.cpu && $0.thread == line.thread && !$0.isWhole }
  }

  /// A line without an event: a frame, if one can be here. perf's stacks have no line to begin with.
  func take(_ text: TextSpan) {
    if text.trimmed.isEmpty { return close() }
    guard let frame = TextFrame(text) else { return }
    if open == nil, frame.isOfPerf { open = entries.indices.last { !entries[$0].isWhole } }
    guard let open, frame.isOfKernel, entries[open].stack.count < Self.deepest else { return }
    entries[open].stack.append(symbols.address(of: frame))
  }

  private func close() {
    if let open { entries[open].isWhole = true }
    open = nil
  }

  /// Nothing more comes before a gap, or at all.
  func settle() {
    close()
    for index in entries.indices { entries[index].isWhole = true }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// Hands out the oldest record, if it is whole, and behind it the one of its stack: both into one sub-buffer. False
  /// if it has no room for them, nil where nothing can be handed out.
  func next(into pages: UnsafeMutablePointer<PagePacker>) -> Bool? {
    guard let entry = entries.first, entry.isWhole || entries.count > Self.most && open != 0 else {
      return nil
    }
    let stack = entry.stack.isEmpty ? [] : stackRecord(entry)
    guard pages.pointee.hasRoom(for: entry.record.count + stack.count),
      entry.record.withUnsafeBytes({ pages.pointee.append($0, at: entry.stamp) })
    else { return false }
    if !stack.isEmpty {
      _ = stack.withUnsafeBytes { pages.pointee.append($0, at: entry.stamp, isBehind: true) }
    }
    entries.removeFirst()
    open = open.flatMap { $0 > 0 ? $0 - 1 : nil }
    return true
  }

  // MARK: Records

  private static let head = 16

  static func schema(_ id: Int) -> EventSchema {
    func field(_ name: String, _ offset: Int, _ size: Int, _ shape: Field.Shape) -> Field {
      Field(
        name: name, typeText: "", offset: offset, size: size, isSigned: size == 4, shape: shape,
        isCommon: name.hasPrefix("common_"))
    }
    return EventSchema(
      id: id, system: "text", name: "stack",
      fields: [
        field("common_type", 0, 2, .integer), field("common_pid", 4, 4, .integer),
        field("size", 8, 4, .integer),
        field("caller", head, 64, .array(elementSize: 8, count: 8, signed: false)),
      ])
  }

  /// With the thread of its event.
  private func stackRecord(_ entry: Entry) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.head + entry.stack.count * 8)
    bytes.withUnsafeMutableBytes { room in
      room.storeBytes(of: type, as: UInt16.self)
      room.storeBytes(of: entry.thread, toByteOffset: 4, as: Int32.self)
      room.storeBytes(of: UInt32(entry.stack.count), toByteOffset: 8, as: UInt32.self)
      for (index, address) in entry.stack.enumerated() {
        room.storeBytes(of: address, toByteOffset: Self.head + index * 8, as: UInt64.self)
      }
    }
    return bytes
  }
}
