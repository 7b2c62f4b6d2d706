// Stacks of the kernel.

/// How a stack prints. Its value is an id in the string pool, of its addresses as words of this machine, the
/// innermost first: so equal stacks are equal words, whatever recording they come from. They get names when they
/// print.
public enum StackMode: String, Sendable, Hashable, CaseIterable {
  /// `symbol+offset`
  case bpftrace
  /// The address, then `symbol+offset`.
  case perf
  /// The address alone.
  case raw

  var typeName: String { self == .bpftrace ? "stack" : "stack (\(rawValue))" }
}

extension Type {
  /// An id in the string pool, so that equal values are equal words.
  var isHeldAsString: Bool {
    switch self {
    case .string, .buffer, .stack: true
    default: false
    }
  }
}

extension Type {
  /// Which of its words are stacks, and in which mode.
  var stackWords: [(word: Int, mode: StackMode)] {
    if case .stack(let mode) = self { return [(0, mode)] }
    var first = 0
    return (parts ?? []).flatMap { part in
      defer { first += part.words }
      return part.stackWords.map { (first + $0.word, $0.mode) }
    }
  }
}

/// The bytes of a stack's value: its addresses. Of a saved stack they are lines, a function each: addresses mean
/// nothing to another kernel.
enum StackBytes {
  /// At this address there is no function: lines begin with it.
  private static let mark = [UInt8](repeating: 0xff, count: 8)
  private static let lineEnd = UInt8(ascii: "\n")

  static func depth(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.starts(with: mark) ? bytes.count { $0 == lineEnd } : bytes.count / 8
  }

  static func frames(
    _ bytes: UnsafeBufferPointer<UInt8>, _ frame: (UInt64) -> Value.Frame
  ) -> [Value.Frame] {
    if bytes.starts(with: mark) {
      return bytes.dropFirst(mark.count).split(separator: lineEnd).map {
        Value.Frame(line: String(decoding: $0, as: UTF8.self))
      }
    }
    let raw = UnsafeRawBufferPointer(bytes)
    return (0..<depth(bytes)).map {
      frame(raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }

  /// As lines. The address stays only where it is shown, or where it has no name.
  static func lines(_ frames: [Value.Frame], _ mode: StackMode) -> [UInt8] {
    if frames.isEmpty { return [] }
    return frames.reduce(into: mark) { bytes, frame in
      let address = mode == .bpftrace && frame.symbol != nil ? 0 : frame.address
      let offset = frame.offset.map { "+\($0)" } ?? ""
      let function = frame.symbol.map { " \($0)\(offset)" } ?? ""
      bytes += Array("\(String(address, radix: 16))\(function)\n".utf8)
    }
  }
}

extension Value.Frame {
  /// `ffffffff81000010 function+16`; 0 where the address does not matter.
  fileprivate init(line: String) {
    let parts = line.split(separator: " ", maxSplits: 1)
    self.init(address: parts.first.flatMap { UInt64($0, radix: 16) } ?? 0)
    guard parts.count == 2 else { return }
    let plus = parts[1].lastIndex(of: "+") ?? parts[1].endIndex
    symbol = String(parts[1][..<plus])
    offset = UInt64(parts[1][plus...].dropFirst())
  }
}
