// Bytes as arrays, and arrays as bytes.

internal import MMQTrace

/// Arrays of known length have one form of zero, so that it equals what a map gives for a missing key:
/// no bytes at all. Whoever makes such an array calls `intern`, whoever wants its bytes `resized`.
enum ArrayBytes {
  /// The id of an array's bytes.
  static func intern(_ bytes: some Sequence<UInt8>, isFixed: Bool, _ strings: StringPool) -> UInt64
  {
    let bytes = Array(bytes)
    return isFixed && bytes.allSatisfy { $0 == 0 } ? 0 : strings.intern(bytes)
  }

  /// From an array of one size to one of another; nil is one that differs from record to record, or a
  /// buffer. What is too long is cut, what is too short filled with zeros.
  static func resized(from: Int?, to: Int?) -> HostFunction {
    HostFunction(name: "bytes", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      var bytes = Array(run.strings.bytes(of: arguments[0]))
      if let from, bytes.isEmpty { bytes = [UInt8](repeating: 0, count: from) }
      if let to {
        bytes = Array(bytes.prefix(to)) + [UInt8](repeating: 0, count: max(0, to - bytes.count))
      }
      result[0] = intern(bytes, isFixed: to != nil, run.strings)
    }
  }
}
