// The compressions of version 7.

import CZlib
import CZstd
import MMQTrace

/// How a recording's data is compressed.
public enum RecordingCompression: String, Sendable, CaseIterable {
  case none, zlib, zstd
}

/// Compresses chunks, each into a frame of its own.
final class Compressor {
  private let method: RecordingCompression
  private var context: OpaquePointer?
  /// Of zstd: how hard it tries.
  private let level: Int32

  init(_ method: RecordingCompression, level: Int32 = 3) {
    self.method = method
    self.level = level
    if method == .zstd { context = ZSTD_createCCtx() }
  }

  deinit {
    ZSTD_freeCCtx(context)
  }

  /// The library's version, which the head of a recording names.
  var version: String {
    switch method {
    case .none: ""
    case .zlib: String(cString: zlibVersion())
    case .zstd: String(cString: ZSTD_versionString())
    }
  }

  func compress(_ bytes: [UInt8]) throws(TraceError) -> [UInt8] {
    switch method {
    case .none: bytes
    case .zlib: try packZlib(bytes)
    case .zstd: try packZstd(bytes)
    }
  }

  private func packZstd(_ bytes: [UInt8]) throws(TraceError) -> [UInt8] {
    var failed = false
    let packed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) {
      let size = ZSTD_compressCCtx(
        context, $0.baseAddress, $0.count, bytes, bytes.count, level)
      failed = ZSTD_isError(size) != 0
      $1 = failed ? 0 : size
    }
    if failed { throw TraceError("zstd cannot compress") }
    return packed
  }

  private func packZlib(_ bytes: [UInt8]) throws(TraceError) -> [UInt8] {
    var failed = false
    let room = Int(compressBound(uLong(bytes.count)))
    let packed = [UInt8](unsafeUninitializedCapacity: room) {
      var size = uLongf(room)
      failed = compress2($0.baseAddress, &size, bytes, uLong(bytes.count), 6) != Z_OK
      $1 = failed ? 0 : Int(size)
    }
    if failed { throw TraceError("zlib cannot compress") }
    return packed
  }
}
