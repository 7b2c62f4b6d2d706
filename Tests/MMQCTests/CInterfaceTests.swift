// mmq.h as a C program uses it.

import CMMQ
import Glibc
import MMQC
import MMQTestSupport
import Testing

/// A text that belongs to the caller.
private func taken(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  defer { mmq_free(pointer) }
  return pointer.map { String(cString: $0) } ?? ""
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  pointer.map { String(cString: $0) }
}

@Suite struct CInterfaceTests {
  private static func request(_ source: OpaquePointer?) -> UInt32 {
    withExtendedLifetime(("bytes".cString, "route".cString)) { names in
      names.0.withUnsafeBufferPointer { bytes in
        names.1.withUnsafeBufferPointer { route in
          let fields = [
            mmq_field(name: bytes.baseAddress, type: MMQ_UINT32, offset: -1, size: 0),
            mmq_field(name: route.baseAddress, type: MMQ_CHARS, offset: -1, size: 8),
          ]
          return mmq_source_define(source, "app:request", fields, fields.count, nil)
        }
      }
    }
  }

  private static func push(
    _ source: OpaquePointer?, _ event: UInt32, _ bytes: UInt32, _ route: String, _ time: UInt64
  ) -> Bool {
    let record =
      withUnsafeBytes(of: bytes) { Array($0) } + Array(route.utf8)
      + Array(repeating: 0, count: 8 - route.utf8.count)
    return mmq_source_push(source, event, record, record.count, time, 0, 7)
  }

  @Test func ownEventsAndTheirMaps() throws {
    let source = mmq_source_new(1, 0)
    let event = Self.request(source)
    #expect(event == 1)
    let script = mmq_script_compile(
      source, "test",
      "app:request { @[args.route] = sum(args.bytes); @h = hist(args.bytes); "
        + "@s = stats(args.bytes); @t[tid, args.route] = count(); printf(\"x\"); }", 0)
    #expect(mmq_script_is_sound(script) && mmq_script_diagnostic_count(script) == 0)
    var output: [UInt8] = []
    let session = withUnsafeMutablePointer(to: &output) { place in
      mmq_session_new(
        script, nil, MMQ_JSON,
        { context, bytes, size in
          let text = UnsafeRawBufferPointer(start: bytes, count: size)
          context?.assumingMemoryBound(to: [UInt8].self).pointee += Array(text)
        }, place, nil)
    }
    // The session keeps what it needs.
    mmq_script_free(script)
    #expect(Self.push(source, event, 5, "a", 1) && Self.push(source, event, 100, "b", 2))
    #expect(Self.push(source, event, 7, "b", 3))
    #expect(mmq_session_step(session, 2, 0, nil) == MMQ_PAUSED)
    #expect(mmq_session_step(session, 0, 3, nil) == MMQ_PAUSED)
    #expect(mmq_session_step(session, 0, 0, nil) == MMQ_DRAINED)
    var outcome = mmq_outcome()
    #expect(mmq_session_finish(session, &outcome, nil))
    #expect(outcome.records == 3 && !outcome.has_failed && outcome.lost == 0)
    #expect(!mmq_session_error(session, nil))
    #expect(taken(mmq_session_warnings(session)) == "")
    let maps = mmq_session_maps(session)
    mmq_session_free(session)
    mmq_source_free(source)
    Self.check(maps)
    mmq_maps_free(maps)
    #expect(String(decoding: output, as: UTF8.self).contains("\"@\": {\"a\": 5, \"b\": 107}"))
  }

  private static func check(_ maps: OpaquePointer?) {
    #expect(mmq_maps_count(maps) == 4 && mmq_maps_at(maps, 4) == nil)
    let sums = mmq_maps_find(maps, "")
    #expect(mmq_map_rows(sums) == 2 && text(mmq_map_aggregation(sums)) == "sum")
    #expect(text(mmq_value_text(mmq_map_key(sums, 1), nil)) == "b")
    #expect(mmq_value_kind(mmq_map_key(sums, 1)) == MMQ_STRING)
    #expect(mmq_value_uint(mmq_map_value(sums, 1)) == 107)
    #expect(mmq_map_key(sums, 2) == nil && mmq_map_value(sums, 2) == nil)

    let histogram = mmq_map_value(mmq_maps_find(maps, "h"), 0)
    #expect(mmq_map_key(mmq_maps_find(maps, "h"), 0) == nil)
    #expect(mmq_value_kind(histogram) == MMQ_HISTOGRAM && mmq_value_count(histogram) == 5)
    var bucket = mmq_bucket()
    #expect(mmq_value_bucket(histogram, 0, &bucket) && bucket.low == 4 && bucket.count == 2)
    #expect(bucket.has_low && !bucket.is_low_negative && !mmq_value_bucket(histogram, 5, &bucket))

    let statistics = mmq_map_value(mmq_maps_find(maps, "s"), 0)
    #expect(mmq_value_kind(statistics) == MMQ_STATISTICS)
    #expect(text(mmq_value_name(statistics, 2)) == "total")
    #expect(mmq_value_double(mmq_value_at(statistics, 2)) == 112)

    let pair = mmq_map_key(mmq_maps_find(maps, "t"), 1)
    #expect(mmq_value_kind(pair) == MMQ_LIST && mmq_value_count(pair) == 2)
    #expect(mmq_value_int(mmq_value_at(pair, 0)) == 7)
    #expect(text(mmq_value_text(pair, nil)) == "(7, b)")
    #expect(taken(mmq_maps_json(maps)).split(separator: "\n").count == 4)
  }

  @Test func errorsHavePlaces() {
    let source = mmq_source_new(1, 0)
    _ = Self.request(source)
    let script = mmq_script_compile(source, "test", "app:request {\n  print(args.nope);\n}", 0)
    #expect(!mmq_script_is_sound(script))
    var diagnostic = mmq_diagnostic()
    #expect(mmq_script_diagnostic(script, 0, &diagnostic) && diagnostic.is_error)
    #expect(diagnostic.line == 2 && diagnostic.column > 8 && text(diagnostic.file) == "test")
    #expect(diagnostic.end_column > diagnostic.column)
    #expect(text(diagnostic.message)?.contains("nope") == true)
    #expect(!mmq_script_diagnostic(script, 99, &diagnostic))
    #expect(taken(mmq_script_messages(script)).contains("~~~"))
    var problem: UnsafeMutablePointer<CChar>?
    #expect(mmq_session_new(script, nil, MMQ_TEXT, nil, nil, &problem) == nil)
    #expect(taken(problem).contains("errors"))
    mmq_script_free(script)
    mmq_source_free(source)
  }

  @Test func whatCannotBeOpenedSaysWhy() {
    var problem: UnsafeMutablePointer<CChar>?
    #expect(mmq_source_open("/nonexistent", &problem) == nil)
    #expect(taken(problem).contains("No such file"))
    let source = mmq_source_new(1, 0)
    problem = nil
    #expect(mmq_source_define_format(source, "app", "nonsense", &problem) == 0)
    #expect(taken(problem).isEmpty == false)
    #expect(!mmq_source_push(source, 1, nil, 0, 1, 0, 0), "no such event")
    #expect(taken(mmq_source_findings(source)) == "")
    mmq_source_free(source)
  }

  @Test func keysThatAreNoTextStayTwo() {
    let source = mmq_source_new(1, 0)
    let event = Self.request(source)
    let script = mmq_script_compile(source, "test", "app:request { @[args.route] = count(); }", 0)
    let session = mmq_session_new(script, nil, MMQ_TEXT, nil, nil, nil)
    for byte in [0xfe, 0xff] as [UInt8] {
      let record = [1, 0, 0, 0, byte] + [UInt8](repeating: 0, count: 7)
      #expect(mmq_source_push(source, event, record, record.count, 1, 0, 7))
    }
    #expect(mmq_session_step(session, 0, 0, nil) == MMQ_DRAINED)
    let maps = mmq_session_maps(session)
    let json = taken(mmq_maps_json(maps))
    #expect(json.contains(#""\\xfe": 1, "\\xff": 1"#), "\(json)")
    mmq_maps_free(maps)
    mmq_session_free(session)
    mmq_script_free(script)
    mmq_source_free(source)
  }

  @Test func placesBeforeTheRecordAreRefused() {
    let source = mmq_source_new(1, 0)
    let name = "x".cString
    for offset in [-2, .min] as [Int32] {
      var problem: UnsafeMutablePointer<CChar>?
      let number = name.withUnsafeBufferPointer { name in
        let field = mmq_field(name: name.baseAddress, type: MMQ_INT8, offset: offset, size: 0)
        return mmq_source_define(source, "app:x", [field], 1, &problem)
      }
      #expect(number == 0 && taken(problem).contains("offset"))
    }
    mmq_source_free(source)
  }

  /// Nothing of a script that one does not trust holds for ever, and nothing is read.
  @Test func limitsAreSafeByThemselves() {
    let safe = mmq_limits_safe()
    #expect(safe.instructions > 0 && safe.memory > 0 && safe.output > 0)
    let source = mmq_source_new(1, 0)
    let event = Self.request(source)
    let cat = mmq_script_compile(source, "test", "begin { cat(\"/etc/passwd\"); }", 0)
    #expect(!mmq_script_is_sound(cat))
    mmq_script_free(cat)
    let allowed = mmq_script_compile(
      source, "test", "begin { cat(\"/etc/passwd\"); }", UInt32(MMQ_ALLOW_FILES))
    #expect(mmq_script_is_sound(allowed))
    mmq_script_free(allowed)
    let script = mmq_script_compile(
      source, "test",
      "config = { max_loop_iterations = 1000000000000 }\napp:request { while (1) { $x = 1; } }", 0)
    var limits = safe
    limits.instructions_per_block = 1_000_000
    let session = mmq_session_new(script, &limits, MMQ_TEXT, nil, nil, nil)
    _ = Self.push(source, event, 5, "a", 1)
    #expect(mmq_session_step(session, 0, 0, nil) == MMQ_ENDED)
    var outcome = mmq_outcome()
    #expect(mmq_session_finish(session, &outcome, nil) && outcome.has_failed)
    var error = mmq_error()
    #expect(mmq_session_error(session, &error) && error.line == 2)
    #expect(text(error.message) == "this block ran more than 1000000 instructions")
    var problem: UnsafeMutablePointer<CChar>?
    #expect(!mmq_session_run(session, &outcome, &problem) && !taken(problem).isEmpty)
    mmq_session_free(session)
    mmq_script_free(script)
    mmq_source_free(source)
  }

  @Test func cancellingEndsARun() {
    let source = mmq_source_new(1, 0)
    let event = Self.request(source)
    let script = mmq_script_compile(source, "test", "app:request { while (1) { $x = 1; } }", 0)
    let session = mmq_session_new(script, nil, MMQ_TEXT, nil, nil, nil)
    _ = Self.push(source, event, 5, "a", 1)
    mmq_session_cancel(session)
    #expect(mmq_session_step(session, 0, 0, nil) == MMQ_ENDED)
    var outcome = mmq_outcome()
    #expect(mmq_session_finish(session, &outcome, nil) && !outcome.has_failed)
    mmq_session_free(session)
    mmq_script_free(script)
    mmq_source_free(source)
  }

  @Test func nothingIsFreedAsNothing() {
    mmq_free(nil)
    mmq_source_free(nil)
    mmq_script_free(nil)
    mmq_session_free(nil)
    mmq_maps_free(nil)
    #expect(mmq_session_maps(nil) == nil && mmq_maps_count(nil) == 0)
    #expect(mmq_session_step(nil, 0, 0, nil) == MMQ_FAILED)
  }
}

extension String {
  fileprivate var cString: [CChar] { utf8CString.map { $0 } }
}
