// Text that is undone by formats: what an event's record says must come back out of its line.

import MMQTestSupport
import MMQTrace
import Testing

@Suite struct TextFormatTests {
  /// Lines of a recording, at most so many of each event, and the records that they are of.
  private func lines(_ source: any TraceSource, most: Int) throws -> (
    text: [UInt8], rows: [TextRows.Row]
  ) {
    var line = EventLine(source)
    var text: [UInt8] = []
    var rows: [TextRows.Row] = []
    try TextRows.each(source, most: most) { record, schema, time, cpu in
      line.append(record, type: schema.id, cpu: cpu, time: time, to: &text)
      text.append(10)
      rows.append(
        .init(event: schema.fullName, time: time, fields: TextRows.fields(record, schema)))
    }
    return (text, rows)
  }

  /// Every kind of event of a large recording: each field that the text tells has the record's value.
  @Test(.enabled(if: Places.has("everything.dat", for: "TextFormatTests.roundTrip")))
  func roundTrip() throws {
    let path = try #require(Places.capture("everything.dat"))
    let (text, expected) = try lines(SourceFormat.open(path: path), most: 60)
    let file = TemporaryFile(text)
    let read = try TextRows(file.source(try EventFormats(path: path, DamageLog())))
    try #require(read.all.count == expected.count)
    let original = Dictionary(
      try SourceFormat.open(path: path).schemas.map { ($0.fullName, $0) },
      uniquingKeysWith: { a, _ in a })
    let schemas = Dictionary(
      read.source.schemas.map { ($0.fullName, $0) }, uniquingKeysWith: { a, _ in a })
    var tally = KindTally()
    for (row, was) in zip(read.all, expected) {
      #expect(row.event == was.event)
      let fields = schemas[was.event]!.ownFields
      let isShort = fields.contains { row.fields[$0.name] == nil }
      // Names of functions stand for their addresses.
      let wrong = fields.filter {
        original[was.event]!.field(named: $0.name)!.shape == $0.shape
          && row.fields[$0.name] != was.fields[$0.name]
      }
      if !isShort, let field = wrong.first {
        Issue.record(
          "\(was.event).\(field.name): \(row.fields[field.name]!), was \(was.fields[field.name]!), in \(row.text("common_text") ?? "")"
        )
      }
      tally.take(
        was.event, isShort: isShort, isWhole: schemas[was.event]!.absentFields.isEmpty, fields.count
      )
    }
    print(tally.text)
    #expect(tally.roundTrips.count >= 291, "\(tally.text)")
    #expect(tally.short.isEmpty, "\(tally.short)")
  }

  /// The same lines alone: whatever is a number then has the record's value. Some print fewer bits than there are.
  @Test(.enabled(if: Places.has("everything.dat", for: "TextFormatTests.withoutFormats")))
  func withoutFormats() throws {
    let path = try #require(Places.capture("everything.dat"))
    let (text, expected) = try lines(SourceFormat.open(path: path), most: 40)
    let read = try TextRows(TemporaryFile(text).source(nil))
    let lines = expected.filter { !StackLayout.events.contains($0.event) }
    try #require(read.all.count == lines.count)
    var compared: Set<String> = []
    var wrong: Set<String> = []
    for (row, was) in zip(read.all, lines) {
      #expect(row.event == was.event)
      for name in row.fields.keys where !name.hasPrefix("common_") {
        guard let found = row.number(name), let value = was.number(name) else { continue }
        compared.insert("\(row.event) \(name)")
        if UInt32(truncatingIfNeeded: found) != UInt32(truncatingIfNeeded: value) {
          wrong.insert("\(row.event) \(name): \(found), was \(value)")
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.sorted())")
    #expect(compared.count > 250, "\(compared.count) fields")
    print("without formats \(compared.count) fields are numbers, as they were")
  }

  /// What becomes of the kinds of events.
  private struct KindTally {
    private var all: Set<String> = []
    private(set) var short: Set<String> = []
    private var partial: Set<String> = []
    private var silent: Set<String> = []

    mutating func take(_ event: String, isShort: Bool, isWhole: Bool, _ fields: Int) {
      all.insert(event)
      if isShort { short.insert(event) }
      if !isWhole { partial.insert(event) }
      if !isWhole, fields == 0 { silent.insert(event) }
    }

    /// Those whose text tells at least one field, always as it was.
    var roundTrips: Set<String> { all.subtracting(short).subtracting(silent) }

    var text: String {
      "\(all.count) kinds of events: \(roundTrips.count) round-trip (\(all.subtracting(short).subtracting(partial).count) "
        + "with all of their fields); nothing is told by \(silent.sorted()); lines of another form: \(short.sorted())"
    }
  }

  private static let format = """
    name: my_event
    ID: 77
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;
    \tfield:unsigned int flags;\toffset:24;\tsize:4;\tsigned:0;
    \tfield:int status;\toffset:28;\tsize:4;\tsigned:1;
    \tfield:dev_t dev;\toffset:32;\tsize:4;\tsigned:0;
    \tfield:bool on;\toffset:36;\tsize:1;\tsigned:0;
    \tfield:unsigned long pages;\toffset:40;\tsize:8;\tsigned:0;
    \tfield:unsigned long ip;\toffset:48;\tsize:8;\tsigned:0;

    print fmt: "comm=%s flags=%s status=%s dev=%d:%d on=%s kb=%lu ip=%pS", REC->comm, \
    REC->flags ? __print_flags(REC->flags, "|", {1, "A"}, {2, "B"}, {7, "ALL"}) : "none", \
    __print_symbolic(REC->status, {-1, "bad"}, {0, "ok"}), ((unsigned int) ((REC->dev) >> 20)), \
    ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->on ? "yes" : "no", REC->pages << 2, (void *)REC->ip
    """

  private func formats() throws -> (EventFormats, TemporaryFile) {
    let file = TemporaryFile(Array(TextFormatTests.format.utf8))
    return (try EventFormats(path: file.path, DamageLog()), file)
  }

  private func rows(_ texts: [String]) throws -> TextRows {
    let (formats, _) = try formats()
    let lines = texts.map { "              sh-42      [000] ..... 1.5: my_event: \($0)\n" }
    return try TextRows(TemporaryFile(Array(lines.joined().utf8)).source(formats))
  }

  @Test func aFormatIsUndone() throws {
    let rows = try rows([
      "comm=a flags=b c flags=A|0x10 status=bad dev=8:17 on=yes kb=44 ip=do_it+0x1/0x20",
      "comm=sh flags=none status=0x5 dev=4095:1048575 on=no kb=0 ip=0xffffffff81000000",
    ])
    let all = rows.all
    #expect(all.map { $0.text("comm") } == ["a flags=b c", "sh"])
    #expect(all.map { $0.number("flags") } == [0x11, 0])
    #expect(all.map { $0.number("status") } == [-1, 5])
    #expect(all.map { $0.number("dev") } == [8 << 20 | 17, 0xffff_ffff])
    #expect(all.map { $0.number("on") } == [1, 0])
    #expect(all.map { $0.text("ip") } == ["do_it+0x1/0x20", "0xffffffff81000000"])
    // What the text computes is no field: a script is told so, and gets no 0.
    #expect(rows.source.schemas[0].absentFields == ["pages"])
    #expect(rows.source.schemas[0].field(named: "pages") == nil)
    #expect(rows.source.schemas[0].symbols["flags"] != nil)
    #expect(rows.source.schemas[0].fullName == "unknown:my_event")
  }

  /// Such records have no fields: a block that reads some skips and counts them.
  @Test func linesOfAnotherForm() throws {
    let rows = try rows([
      "comm=a flags=A status=bad dev=8:17 on=yes kb=44 ip=x", "comm=a flags=A status=what dev=8:17",
    ])
    #expect(rows.all.map { $0.number("flags") } == [1, nil])
    #expect(rows.source.damage.findings.map(\.kind) == ["other forms"])
  }

  /// The kernel's option `fields`: by the names of the format's fields, which then tell types and names.
  @Test func optionFields() throws {
    let rows = try rows([
      "comm=sh flags=0x3 (3) status=0xffffffff (-1) dev=0x800011 (8388625) on=0x1 (1) pages=0x2c (44) ip=0xffffffff81000000 (-2130706432)"
    ])
    let row = try #require(rows.all.first)
    #expect(row.number("flags") == 3 && row.number("status") == -1 && row.number("pages") == 44)
    #expect(
      rows.source.schemas[0].symbols["flags"] != nil && rows.source.schemas[0].absentFields.isEmpty)
  }

  @Test func formatsThatAreNone() throws {
    for (bytes, words) in [
      ("hello\n", "is text, but"), ("name: x\nformat:\n", "is no format file"), ("", "is empty"),
    ] {
      let file = TemporaryFile(Array(bytes.utf8))
      let error = #expect(throws: TraceError.self) {
        try EventFormats(path: file.path, DamageLog())
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    #expect(throws: TraceError.self) { try EventFormats(path: "/nothing/here", DamageLog()) }
    #expect(throws: TraceError.self) { try EventFormats(path: "/var/empty-or-not/x", DamageLog()) }
  }

  /// Option `raw` has types only: formats of the same kernel name them.
  @Test func typesAreNamed() throws {
    let (formats, _) = try formats()
    let text = "1 0 30165430038 type: 77\n1 1 30165430039 type: 78\n"
    let rows = try TextRows(TemporaryFile(Array(text.utf8)).source(formats))
    #expect(rows.all.map(\.event) == ["unknown:my_event", "unknown:type_78"])
    #expect(rows.all.map(\.time) == [30_165_430_038, 30_165_430_039])
    #expect(rows.all[0].number("common_cpu") == 0 && rows.all[0].number("flags") == nil)
  }
}
