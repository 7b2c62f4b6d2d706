// Where the symbols of a kernel lie: their text, and behind it in one piece of memory what is found in it.

internal import Glibc

/// A kallsyms text with its symbols. Fresh memory comes in the kernel's large pages where it has some: with
/// small ones, getting them takes a third of the time that it takes to decompress the text into them.
///
/// Unchecked: it is filled before anybody else knows of it.
final class SymbolMemory: @unchecked Sendable {
  /// A symbol's line in the text.
  struct Entry {
    var address: UInt64
    /// Where its name starts; the rest is looked at when somebody asks.
    var name: UInt32

    @inline(__always)
    static func < (a: Entry, b: Entry) -> Bool {
      a.address < b.address || a.address == b.address && a.name < b.name
    }
  }

  /// The text, and what may stand around it in a recording.
  let bytes: UnsafeMutableRawBufferPointer
  /// Where the text lies in it.
  private(set) var text = 0..<0
  /// By address, those of one address in the order of the text.
  private(set) var entries = UnsafeMutableBufferPointer<Entry>(start: nil, count: 0)
  /// What symbols will be written over.
  let room: UnsafeMutableRawBufferPointer
  private let memory: UnsafeMutableRawBufferPointer

  /// No line with a symbol is shorter: `f T x` and a line break.
  private static let shortestLine = 6
  private static let largePage = 2 << 20

  /// Room for so many bytes. There is room for as many symbols as they can hold, which costs nothing as
  /// long as nobody writes there.
  init(byteCount: Int) {
    let entry = MemoryLayout<Entry>.stride
    let start = (byteCount + entry - 1) / entry * entry
    let size = start + (byteCount / SymbolMemory.shortestLine + 1) * entry
    let isLarge = byteCount >= SymbolMemory.largePage / 2
    memory = .allocate(
      byteCount: size, alignment: isLarge ? SymbolMemory.largePage : MemoryLayout<Entry>.alignment)
    if isLarge { madvise(memory.baseAddress, size, MADV_HUGEPAGE) }
    bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount])
    room = UnsafeMutableRawBufferPointer(rebasing: memory[start...])
  }

  deinit { memory.deallocate() }

  /// Finds the symbols of the text, once its bytes are there.
  func read(_ text: Range<Int>) {
    self.text = text
    guard bytes.count < Int(UInt32.max) else { return }
    let first = room.bindMemory(to: Entry.self).baseAddress!
    let (count, sorted) = KallsymsReader(bytes, text).read(into: first)
    entries = UnsafeMutableBufferPointer(start: first, count: count)
    sort(from: sorted)
  }

  /// The kernel's own symbols come sorted, those of modules behind them don't.
  private func sort(from sorted: Int) {
    guard sorted < entries.count else { return }
    var rest = UnsafeMutableBufferPointer(rebasing: entries[sorted...])
    rest.sort { $0 < $1 }
    if sorted > 0, rest[0] < entries[sorted - 1] { entries.sort { $0 < $1 } }
  }

  /// The bytes of a symbol's name.
  func name(of entry: Entry) -> Slice<UnsafeRawBufferPointer> {
    content[KallsymsReader.word(content, from: Int(entry.name))]
  }

  /// Those of the name of its module; none for the kernel's own.
  func module(of entry: Entry) -> Slice<UnsafeRawBufferPointer> {
    content[KallsymsReader.module(content, behind: name(of: entry).indices)]
  }

  /// It is the kernel's own, and not a module's.
  func isOwn(_ entry: Entry) -> Bool { module(of: entry).isEmpty }

  func isNamed(_ entry: Entry, _ name: [UInt8]) -> Bool {
    let start = Int(entry.name)
    // Nearly all differ in their first letters: their ends need not be looked for.
    return content[start] == name.first && self.name(of: entry).elementsEqual(name)
  }

  private var content: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[..<text.upperBound])
  }
}
