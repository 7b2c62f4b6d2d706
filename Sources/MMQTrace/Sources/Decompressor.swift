// The compressions of trace.dat version 7: none, zlib, zstd.

import CZlib
import CZstd

/// Undoes one compression. Not thread-safe: each stream has its own.
final class Decompressor {
  enum Method: String, Sendable {
    case none, zlib, zstd
  }

  private static let largest = 64 << 20
  private static let largestRatio = 1024

  /// False for sizes that only a hostile file states: more than 64 MiB, or more than 1024 times
  /// what is packed. Small data may shrink more: whatever has up to `harmless` bytes is believed.
  static func isBelievable(_ size: UInt32, from packed: UInt32, harmless: Int) -> Bool {
    let most = max(Int(packed) * largestRatio, harmless)
    return Int(size) <= min(most, largest) && packed <= largest
  }

  let method: Method
  private var context: OpaquePointer?

  init(_ method: Method) {
    self.method = method
  }

  deinit {
    ZSTD_freeDCtx(context)
  }

  /// Decompresses `source` into all of `target`; nil if that worked, else what is wrong.
  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> String? {
    switch method {
    case .zstd: unpackZstd(source, target)
    case .zlib: unpackZlib(source, target)
    case .none: "the file has no compression"
    }
  }

  private func unpackZstd(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) -> String? {
    if context == nil { context = ZSTD_createDCtx() }
    let size = ZSTD_decompressDCtx(
      context, target.baseAddress, target.count, source.baseAddress, source.count)
    if ZSTD_isError(size) != 0 { return "zstd: " + String(cString: ZSTD_getErrorName(size)) }
    return Decompressor.mismatch(size, target.count)
  }

  private func unpackZlib(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) -> String? {
    var size = uLongf(target.count)
    let status = uncompress(
      target.bindMemory(to: UInt8.self).baseAddress, &size,
      source.bindMemory(to: UInt8.self).baseAddress, uLong(source.count))
    if status != Z_OK { return "zlib: " + String(cString: zError(status)) }
    return Decompressor.mismatch(Int(size), target.count)
  }

  private static func mismatch(_ got: Int, _ wanted: Int) -> String? {
    got == wanted ? nil : "\(got) bytes came out, \(wanted) were promised"
  }
}
