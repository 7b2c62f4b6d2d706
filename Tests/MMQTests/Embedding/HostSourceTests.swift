// Events that a program defines and pushes.

import MMQ
import Testing

@Suite struct HostSourceTests {
  @Test func fieldsNamesAndThreads() throws {
    let run = try HostRun("app:request { @[tid, args.state, args.route] = sum(args.bytes); }")
    run.push(10, state: 0, route: "/", at: 1, thread: 7)
    run.push(20, state: 1, route: "/a", at: 2, thread: 8)
    run.push(5, state: 0, route: "/", at: 3, thread: 7)
    #expect(try run.session.step() == .drained)
    let map = try #require(run.session.snapshots().first)
    #expect(map["7, ok, /"]?.integer == 15 && map["8, failed, /a"]?.integer == 20)
    #expect(map.rows.count == 2)
    let outcome = try run.session.finish()
    #expect(outcome.records == 3 && outcome.warnings.isEmpty && outcome.losses.isEmpty)
    #expect(run.output.lines == ["@[7, ok, /]: 15", "@[8, failed, /a]: 20"])
    // A second end is the same one.
    #expect(try run.session.finish().records == 3 && run.output.lines.count == 2)
    #expect(try run.session.step() == .ended)
  }

  @Test func eventsPrintAsTheirFieldsSay() throws {
    let run = try HostRun("app:request { print(args); }")
    run.push(10, state: 1, route: "/x", at: 1_500_000_000, thread: 7)
    _ = try run.session.step()
    #expect(
      run.output.lines.first?.hasSuffix("request: bytes=10 state=failed route=/x") == true,
      "\(run.output.lines)")
  }

  @Test func cpusAreMergedInOrderOfTime() throws {
    let run = try HostRun(
      "app:request { printf(\"%d %d\\n\", cpu, args.bytes); } end { print(nsecs); }", cpus: 3)
    for number in 0..<9 as Range<UInt32> {
      run.push(number, at: UInt64(number) * 10, cpu: Int(number * 7 % 3))
    }
    #expect(try run.session.step(until: 50) == .paused)
    #expect(run.output.lines.count == 5)
    #expect(try run.session.step(events: 2) == .paused)
    #expect(run.output.lines.count == 7)
    #expect(try run.session.step() == .drained)
    #expect(run.output.lines.map { $0.split(separator: " ")[1] } == (0..<9).map { "\($0)" })
    // An event that should have been there earlier runs, and is counted.
    run.push(100, at: 5, cpu: 1)
    _ = try run.session.step()
    let outcome = try run.session.finish()
    #expect(outcome.warnings.count == 1 && outcome.warnings[0].contains("came so late"))
    #expect(run.output.lines.suffix(2) == ["1 100", "80"])
  }

  @Test func intervalsGoByTheTimeOfEvents() throws {
    let run = try HostRun(
      "app:request { @ = count(); } interval:s:1 { print(@); clear(@); } end { clear(@); }")
    _ = try run.session.step()
    for tenth in 0..<35 as Range<UInt64> {
      run.push(1, at: 7_000_000_000 + tenth * 100_000_000)
      if tenth % 4 == 0 { _ = try run.session.step() }
    }
    _ = try run.session.step()
    _ = try run.session.finish()
    #expect(run.output.lines == ["@: 10", "@: 10", "@: 10"])
  }

  @Test func whatHasNoRoomIsLostAndCounted() throws {
    let run = try HostRun("app:request { @ = count(); }", capacity: 1)
    var taken = 0
    for number in 0..<20_000 as Range<UInt64> where run.push(1, at: number) { taken += 1 }
    #expect(taken < 20_000)
    _ = try run.session.step()
    #expect(run.push(1, at: 20_000))
    _ = try run.session.step()
    let outcome = try run.session.finish()
    #expect(run.output.lines == ["@: \(taken + 1)"])
    #expect(outcome.losses.map(\.losses.counted) == [UInt64(20_000 - taken)])
    #expect(!run.push(1, at: 1, cpu: 1) && run.source.damage.hasErrors)
  }

  @Test func timesThatGoBackStayInTheirOrder() throws {
    let run = try HostRun("app:request { printf(\"%d \", args.bytes); }")
    for (number, time) in [5, 9, 3, 4, 1 << 62, 7].enumerated() {
      run.push(UInt32(number), at: UInt64(time))
    }
    _ = try run.session.step()
    #expect(run.output.lines == ["0 1 2 3 4 5 "])
  }

  /// Several threads of a host that share a CPU's number: it costs no page each time.
  @Test func timesThatOftenGoBackHaveRoom() throws {
    let run = try HostRun("app:request { @[nsecs % 2] = count(); }", capacity: 2 << 20)
    let taken = (0..<30_000 as Range<UInt64>).count { run.push(1, at: 1_000_000_000_000 + $0 ^ 1) }
    #expect(taken == 30_000)
    _ = try run.session.step()
    #expect(run.session.snapshots()[0].rows.map(\.value.integer) == [15_000, 15_000])
  }

  @Test func lossesAreSaidWhereNothingFollows() throws {
    let run = try HostRun("app:request { @ = count(); }", capacity: 1)
    var taken: UInt64 = 0
    for number in 0..<20_000 as Range<UInt64> where run.push(1, at: number) { taken += 1 }
    _ = try run.session.step()
    let outcome = try run.session.finish()
    #expect(outcome.losses.map(\.losses.counted) == [20_000 - taken])
    #expect(run.output.lines == ["@: \(taken)"])
  }

  @Test func shortRecordsAreCounted() throws {
    let run = try HostRun("app:request { @ = sum(args.bytes); }")
    run.source.push(run.request, UnsafeRawBufferPointer(start: nil, count: 0), at: 1)
    run.push(3, at: 2)
    _ = try run.session.step()
    let outcome = try run.session.finish()
    #expect(run.output.lines == ["@: 3"])
    #expect(
      outcome.warnings == [
        "WARNING: a block was skipped once: records of app:request too short for it"
      ])
  }

  @Test func formatsOfTheKernel() throws {
    let source = HostSource()
    let text = """
      name: wait
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:u64 ns;\toffset:8;\tsize:8;\tsigned:0;
      \tfield:__rel_loc char[] what;\toffset:16;\tsize:4;\tsigned:0;

      print fmt: "%llu %s", REC->ns, __get_rel_str(what)
      """
    let wait = try source.define(format: text, system: "app")
    let script = Script(
      Source(name: "test", "app:wait { @[args.what] = sum(args.ns); }"), for: Target(source))
    #expect(!script.hasErrors)
    let session = try Session(script, source, sink: TextRenderer { _ in })
    var record = withUnsafeBytes(of: UInt64(12)) { Array($0) }
    record += withUnsafeBytes(of: UInt32(4 << 16)) { Array($0) } + Array("disk".utf8)
    record.withUnsafeBytes { _ = source.push(wait, $0, at: 1) }
    _ = try session.start()
    #expect(session.snapshots()[0]["disk"]?.integer == 12)
  }

  /// To print them, pages and their addresses are looked for in recordings. What a host pushes comes once.
  @Test func eventsOfPagesArePrintedAndCounted() throws {
    let source = HostSource()
    let text = """
      name: page
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:struct page * at;\toffset:8;\tsize:8;\tsigned:0;
      \tfield:unsigned long pfn;\toffset:16;\tsize:8;\tsigned:0;

      print fmt: "page=%p", (((struct page *)vmemmap_base) + (REC->pfn))
      """
    let page = try source.define(format: text, system: "app")
    let script = Script(
      Source(name: "test", "app:page { print(args); @ = count(); }"), for: Target(source))
    let session = try Session(script, source, sink: TextRenderer { _ in })
    for number in 0..<20_000 as Range<UInt64> {
      withUnsafeBytes(of: (0xffff_ea00_0000_0000 + number * 64, number)) { bytes in
        _ = source.push(page, bytes, at: number)
      }
    }
    #expect(try session.start().records == 20_000)
    #expect(session.snapshots()[0].rows[0].value.integer == 20_000)
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let source = HostSource()
    let field = HostField("a", .uint8)
    for (name, fields) in [
      ("app", [field]), ("app:a b", [field]), ("a:b:c", [field]), ("", []),
      ("app:x", [field, field]),
      ("app:x", [HostField("common_type", .uint8)]), ("app:x", [HostField("", .uint8)]),
      ("app:x", [HostField("a", .text(0))]), ("app:x", [HostField("a", .uint8, offset: -1)]),
      ("app:x", [HostField("a", .text(4), names: [1: "x"])]),
      ("app:x", [HostField("a", .uint8, names: [1: "\""])]),
      ("app:x", [HostField("a", .uint8, offset: 70_000)]),
    ] {
      #expect(throws: TraceError.self, "\(name) \(fields)") { try source.define(name, fields) }
    }
    #expect(throws: TraceError.self) { try source.define(format: "name: x\n", system: "app") }
    #expect(source.schemas.isEmpty)
    _ = try source.define("app:x", [field])
    #expect(throws: TraceError.self) { try source.define("app:x", [field]) }
  }
}
