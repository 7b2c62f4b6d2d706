// A file that is written once from front to back, with places that are filled in later.

internal import Glibc
import MMQTrace

/// A buffered output file.
final class OutputFile {
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var written: UInt64 = 0
  private static let blockSize = 1 << 20

  convenience init(path: String) throws(TraceError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw TraceError("cannot be created: \(Self.reason())") }
    self.init(descriptor)
  }

  /// An empty file that is open for writing; it is closed at the end.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    pending.reserveCapacity(Self.blockSize)
  }

  deinit {
    close(descriptor)
  }

  /// Bytes so far.
  var position: UInt64 { written + UInt64(pending.count) }

  func write(_ bytes: some Collection<UInt8>) throws(TraceError) {
    pending.append(contentsOf: bytes)
    if pending.count >= Self.blockSize { try flush() }
  }

  /// Zeros up to a multiple of `size`.
  func align(to size: UInt64) throws(TraceError) {
    let over = Int(position % size)
    if over > 0 { try write(repeatElement(0, count: Int(size) - over)) }
  }

  /// Replaces bytes that were written before.
  func patch(_ bytes: [UInt8], at place: UInt64) throws(TraceError) {
    try flush()
    try put(bytes, at: place)
  }

  func flush() throws(TraceError) {
    try put(pending, at: written)
    written += UInt64(pending.count)
    pending.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: [UInt8], at place: UInt64) throws(TraceError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(place) + off_t(done))
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw TraceError("cannot be written: \(Self.reason())")
      }
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
