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

/// The bytes of a stack's value.
enum StackBytes {
  static func addresses(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt64] {
    let raw = UnsafeRawBufferPointer(bytes)
    return (0..<depth(bytes)).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
  }

  static func depth(_ bytes: UnsafeBufferPointer<UInt8>) -> Int { bytes.count / 8 }
}
