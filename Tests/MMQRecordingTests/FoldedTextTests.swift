// Logs that a mail folded or coded: joined where that is certain, else said.

import MMQTestSupport
import MMQTrace
import Testing

@Suite struct FoldedTextTests {
  private func rows(_ text: String) throws -> TextRows {
    try TextRows(TemporaryFile(Array(text.utf8)).source(nil))
  }

  private static let head = "              sh-42      [000] ..... 1.00"

  /// Of several kinds of fields, `count` times.
  private func log(_ count: Int) -> String {
    (0..<count).map { number in
      let time = Self.head + "\(1000 + number): "
      return time + "mm_vmscan_kswapd_wake: nid=\(number) order=3\n" + time
        + "mark_victim: pid=\(number) comm=ab total-vm=\(number)kB anon-rss=1kB file-rss:20kB uid=5\n"
        + time
        + "sched_switch: prev_comm=sh prev_pid=7 prev_state=S ==> next_comm=\(number) next_pid=\(number)\n"
    }.joined()
  }

  /// As a mail client does: at blanks, which go.
  private func folded(_ text: String, at width: Int) -> String {
    text.split(separator: "\n").map { line in
      var rows: [String] = []
      var rest = String(line)
      while rest.count > width, let blank = rest.prefix(width).lastIndex(of: " "),
        rest[..<blank].contains(where: { $0 != " " })
      {
        rows.append(String(rest[..<blank]))
        rest = String(rest[blank...].dropFirst())
      }
      return (rows + [rest]).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private struct Fields: Equatable {
    var time: UInt64
    var numbers: [Int64?]
    var comm: String?
  }

  private func fields(_ rows: TextRows) -> [Fields] {
    rows.all.map { row in
      let names = ["pid", "total_vm", "file_rss", "uid", "nid", "order", "next_pid"]
      return Fields(time: row.time, numbers: names.map(row.number), comm: row.text("comm"))
    }
  }

  @Test(arguments: [55, 60, 64, 72, 76, 80, 100], ["", "> ", ">> "])
  func foldingAtBlanksIsUndone(_ width: Int, _ quote: String) throws {
    let whole = log(20)
    let lines = folded(whole, at: width).split(separator: "\n")
    let rows = try rows(lines.map { quote + $0 + "\n" }.joined())
    let kept = lines.count { !$0.hasPrefix(" ") }
    let first = (lines.firstIndex { !$0.hasPrefix(" ") } ?? 0) + 1
    #expect(fields(rows) == fields(try self.rows(whole)))
    let found = rows.source.damage.findings
    #expect(found.count == 1 && found[0].severity == .note, "\(found)")
    #expect(
      found[0].first.hasPrefix(
        "\(kept) lines, the first of them line \(first), are the rest of the event")
    )
  }

  /// Names of tasks may look like those of fields, and begin a line where they are long.
  @Test func anEventIsNeverTheRestOfAnother() throws {
    let columns = "-100     [000] .....    10.00000"
    let lines = (1...4).map { "abcdefghij:123\(columns)\($0): mm_page_free: pfn=0x\($0) order=0\n" }
    #expect(try rows(lines.joined()).all.map { $0.number("pfn") } == [1, 2, 3, 4])
  }

  /// However long the text is: lines are read in blocks.
  @Test func blocksEndNowhereWithin() throws {
    let whole = log(6000)
    let rows = try rows(folded(whole, at: 72).replacing("\n", with: "\r\n"))
    #expect(fields(rows) == fields(try self.rows(whole)))
  }

  /// Where numbers may be cut nothing is joined, and the answer is no whole one.
  @Test func foldingWithinWordsIsAnError() throws {
    var lines = ""
    for line in log(20).split(separator: "\n") {
      for start in stride(from: 0, to: line.count, by: 72) {
        lines += line.dropFirst(start).prefix(72) + "\n"
      }
    }
    let found = try rows(lines).source.damage.findings
    let folded = found.first { $0.kind == "folded" }
    #expect(folded?.severity == .error, "\(found)")
    #expect(folded?.first.contains("events of 72 bytes") == true)
  }

  /// What somebody wrote between the lines is no part of them.
  @Test(arguments: [
    "order=3 is what I expected", "Note: this is odd", "https://lore.kernel.org/", "see x = 5",
    "12=3",
  ])
  func proseIsLeftAlone(_ prose: String) throws {
    let text = Self.head + "1000: mm_vmscan_kswapd_wake: nid=1 order=3\n"
    let rows = try rows(text + prose + "\n" + text)
    #expect(rows.all.map { $0.number("order") } == [3, 3])
    let found = rows.source.damage.findings.map(\.first)
    #expect(
      found.first
        == "line 2 that is no event follows an event directly: the text may be folded, and values cut"
    )
    #expect(found.last?.contains("skipped: `\(prose)`") == true)
  }

  /// Raw mails code `=`: each value would be wrong.
  @Test func quotedPrintableIsRefused() throws {
    let coded = log(3).replacing("=", with: "=3D")
    let problem = #expect(throws: TraceError.self) { try rows(coded) }
    #expect(problem?.message.hasPrefix("is text in quoted-printable") == true)
    // A name may look so.
    let name = try rows(Self.head + "1000: task_newtask: comm=3D order=3\n")
    #expect(name.all.map { $0.text("comm") } == ["3D"])
  }

  /// trace-cmd report --ts-diff
  @Test func differencesOfTimesAreNoEvents() throws {
    let line = "         kswapd0-44    [000]    42.89372"
    let rows = try rows(
      line + "1: (+0)     kfree: ptr=1\n" + line + "2: (+3975)  kfree: ptr=2\n" + line
        + "3: kfree: ptr=3\n")
    #expect(rows.all.map { $0.number("ptr") } == [1, 2, 3])
    #expect(rows.source.damage.findings.isEmpty)
  }
}
