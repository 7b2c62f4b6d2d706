// What the tests of recordings share: places, temporary files, and a tally of a recording.

import Foundation
import MMQTrace
import Testing

/// Files that are not part of the project.
enum Shared {
  static let directory: URL = {
    if let chosen = ProcessInfo.processInfo.environment["MMQ_SHARED"] {
      return URL(fileURLWithPath: chosen)
    }
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return root.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  static let captures = directory.appendingPathComponent("captures")

  /// True if the captures are there; says loudly where a test is skipped for want of them.
  static func has(_ name: String, for test: String) -> Bool {
    let path = captures.appendingPathComponent(name).path
    if FileManager.default.fileExists(atPath: path) { return true }
    print("SKIP \(test): \(path) is missing")
    return false
  }
}

/// A file that is deleted when the test has done with it.
final class TemporaryFile {
  let path = NSTemporaryDirectory() + "mmq-test-\(UUID().uuidString)"

  init() {}

  init(_ bytes: [UInt8]) {
    write(bytes)
  }

  deinit {
    unlink(path)
  }

  // Methods, because the file must outlive the call that opens it.

  func traceDat() throws -> TraceDat { try TraceDat(path: path) }
  func open() throws -> any TraceSource { try SourceFormat.open(path: path) }

  var bytes: [UInt8] {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
  }

  func write(_ bytes: [UInt8]) {
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
  }
}

/// What one pass over a recording finds.
struct Tally: Equatable {
  struct Gap: Equatable {
    var cpu: UInt32
    var time: UInt64
    var lost: LostEvents
  }
  var events: [String: Int] = [:]
  var perCPU: [String: Int] = [:]
  var perBuffer: [String: Int] = [:]
  var total = 0
  var pages = 0
  var corruptPages = 0
  var first = UInt64.max
  var last: UInt64 = 0
  var gaps: [Gap] = []
  /// The first 8 bytes after the common fields of each record, in the order of reading.
  var numbers: [UInt64] = []
  var times: [UInt64] = []

  /// `keepsRecords` collects `numbers` and `times`.
  init(_ source: any TraceSource, keepsRecords: Bool = false) throws {
    self.init(of: try source.openStreams(), source, keepsRecords: keepsRecords)
  }

  init(
    of streams: some Sequence<any PageStream>, _ source: any TraceSource, keepsRecords: Bool = false
  ) {
    let names = Dictionary(
      source.schemas.map { ($0.id, $0.fullName) }, uniquingKeysWith: { a, _ in a })
    for stream in streams {
      let order = stream.layout.byteOrder
      var cursor = RingCursor(byteOrder: order)
      while let page = stream.nextPage() {
        pages += 1
        var lost = cursor.open(page, stream.layout)
        while cursor.next() {
          guard cursor.recordSize >= 2 else { continue }
          let time = StampConversion(source.clock)(cursor.stamp)
          if lost != .none { gaps.append(Gap(cpu: stream.cpu, time: time, lost: lost)) }
          lost = .none
          let id = Int(cursor.record.load(UInt16.self, at: 0, order))
          events[names[id] ?? "unknown", default: 0] += 1
          perCPU[String(stream.cpu), default: 0] += 1
          perBuffer[stream.buffer, default: 0] += 1
          total += 1
          first = min(first, time)
          last = max(last, time)
          if keepsRecords {
            times.append(time)
            if cursor.recordSize >= 16 {
              numbers.append(cursor.record.load(UInt64.self, at: 8, order))
            }
          }
        }
        corruptPages += cursor.isCorrupt ? 1 : 0
      }
    }
  }
}

extension DamageLog {
  var kinds: [String] { findings.map(\.kind) }
  var errors: [String] { findings.filter { $0.severity == .error }.map(\.first) }
  var notes: [String] { findings.filter { $0.severity == .note }.map(\.first) }
}
