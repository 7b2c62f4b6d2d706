// Names of tasks, each once.

/// Names by id. Looking one up allocates nothing.
struct NameList {
  /// Id 0 is an unknown name.
  private var names: [[UInt8]] = [unknown]
  private var short: [ShortName: UInt32] = [:]
  private var long: [[UInt8]: UInt32] = [:]
  /// How many there were when it was tidied up last.
  private var before = 1

  private static let unknown = Array("<...>".utf8)
  /// A second id of the unknown name: of threads that were looked for and not found.
  static let gone: UInt32 = 1 << 30

  /// What the kernel takes for a task's name: up to 15 bytes, none of them 0.
  private struct ShortName: Hashable {
    private var words: (UInt64, UInt64) = (0, 0)

    init?(_ name: UnsafeRawBufferPointer) {
      guard name.count < 16, !name.contains(0) else { return nil }
      withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: name) }
    }

    static func == (a: ShortName, b: ShortName) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
      hasher.combine(words.0)
      hasher.combine(words.1)
    }
  }

  init() { NameList.unknown.withUnsafeBytes { enter($0, 0) } }

  var count: Int { names.count }

  subscript(id: UInt32) -> [UInt8] {
    id < UInt32(names.count) ? names[Int(id)] : NameList.unknown
  }

  mutating func id(of name: UnsafeRawBufferPointer) -> UInt32 {
    if let short = ShortName(name) {
      if let id = self.short[short] { return id }
    } else if let id = long[Array(name)] {
      return id
    }
    let id = UInt32(names.count)
    names.append(Array(name))
    enter(name, id)
    return id
  }

  private mutating func enter(_ name: UnsafeRawBufferPointer, _ id: UInt32) {
    if let short = ShortName(name) { self.short[short] = id } else { long[Array(name)] = id }
  }

  /// Bytes: an array on the heap, and a slot of a dictionary, of each.
  var size: Int { names.count * 128 }

  /// There are twice as many as when it was tidied up, and not few.
  var hasGrown: Bool { names.count > 2 * before + 4096 }

  mutating func endGrowth() { before = names.count }
}
