// The fifteen reference scripts, each over a capture that is stretched so that its interval fires,
// against what Tests/Oracle/expected.py computed.

import Foundation
import MMQLanguage
import MMQTestSupport
import MMQTrace
import MMQTraceWriter
import Testing

@Suite(.serialized) struct ReferenceScriptTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var script: String
    var capture: String
    var times: UInt64
    /// Seconds from one repetition to the next.
    var shift: UInt64

    init(_ script: String, _ capture: String, _ times: UInt64, _ shift: UInt64) {
      (self.script, self.capture, self.times, self.shift) = (script, capture, times, shift)
    }

    var testDescription: String { "\(script) on \(capture)" }
  }

  /// The rows of `Tests/Oracle/expected.py --list`.
  static let rows = [
    Row("s01", "reclaim.dat", 1, 0), Row("s02", "reclaim.dat", 2, 22),
    Row("s03", "reclaim.dat", 2, 13), Row("s04", "reclaim.dat", 2, 13),
    Row("s05", "oom.dat", 2, 60), Row("s06", "compaction.dat", 2, 25),
    Row("s07", "thp.dat", 3, 61), Row("s08", "slab.dat", 4, 7),
    Row("s09", "slab.dat", 4, 21), Row("s10", "slab.dat", 4, 11),
    Row("s11", "reclaim.dat", 1, 0), Row("s12", "slab.dat", 3, 31),
    Row("s13", "thp.dat", 3, 31), Row("s14", "oom.dat", 2, 90000),
    Row("s15", "compaction.dat", 3, 31),
  ]

  /// `isRaw`: over the recording's sub-buffers and formats in a directory.
  static func check(_ row: Row, isRaw: Bool = false) throws {
    let path = try #require(Places.capture(row.capture))
    let stretched = TemporaryPath()
    var stretch = Stretch(.times(row.times))
    stretch.shift = row.shift * 1_000_000_000
    // The copy lives for one run: compressing it would only take time.
    stretch.compression = RecordingCompression.none
    _ = try stretch.copy(try TraceDat(path: path), to: stretched.path)
    let input = isRaw ? try takenApart(stretched.path) : stretched.path
    defer { if isRaw { try? FileManager.default.removeItem(atPath: input) } }
    let directory = Places.fixtures + "/reference/"
    let text = try #require(FileManager.default.contents(atPath: "\(directory)\(row.script).mmq"))
    let wanted = try String(contentsOfFile: "\(directory)\(row.script).expected", encoding: .utf8)
    let source = Source(name: "\(row.script).mmq", text: Array(text))
    let run = try ScriptRun(source, try SourceFormat.open(path: input), separator: "\n\n")
    #expect(run.output == wanted, "\(run.errors)")
    #expect(run.exitCode == 0)
  }

  private static func takenApart(_ path: String) throws -> String {
    _ = try RawCopy().copy(try TraceDat(path: path), to: path + ".raw")
    return path + ".raw"
  }

  @Test(arguments: rows)
  func wholeOutput(_ row: Row) throws { try Self.check(row) }

  @Test(arguments: rows)
  func wholeOutputOfRawSubBuffers(_ row: Row) throws { try Self.check(row, isRaw: true) }

  @Test func allOfThemAreHere() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Places.fixtures + "/reference")
    for kind in ["mmq", "expected"] {
      let names = files.filter { $0.hasSuffix(".\(kind)") }.map { $0.prefix { $0 != "." } }
      #expect(Set(names) == Set(Self.rows.map { $0.script[...] }))
    }
  }
}
