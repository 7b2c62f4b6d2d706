// Functions of strings. They count bytes, from 0.

internal import MMQLanguage

extension Builtin {
  static let stringBuiltins: [Builtin] = [
    Builtin(
      name: "str", signature: "str(string[, length]) -> string",
      summary: "a string, cut to length - 1 bytes; a buffer up to its first NUL", arguments: 1...2
    ) { checker, call in try checker.str(call) }
    .showing("begin { print(str(\"reclaim\", 4)); }", prints: "rec"),
    .function(
      "strlen", "strlen(string) -> uint64", "how many bytes a string has", [.bytes], .uint64,
      isPure: true
    ) { run, arguments, result in
      result[0] = UInt64(run.strings.bytes(of: arguments[0]).prefix { $0 != 0 }.count)
    }.showing("begin { print(strlen(\"hello\")); }", prints: "5"),
    Builtin(
      name: "strcap", signature: "strcap(string) -> int64",
      summary: "bytes that a field has room for; of other strings their length and the NUL's",
      arguments: 1...1
    ) { checker, call in try checker.strcap(call) }
    .showing("begin { print(strcap(\"abc\")); }", prints: "4"),
    .function(
      "strcontains", "strcontains(string, part) -> bool", "whether a string has a part in it",
      [.bytes, .bytes], .bool, isPure: true
    ) { run, arguments, result in
      result[0] = run.index(of: arguments[1], in: arguments[0]) == nil ? 0 : 1
    }.showing("begin { print(strcontains(\"mm_vmscan_kswapd\", \"kswapd\")); }", prints: "true"),
    .function(
      "strstr", "strstr(string, part) -> int64", "where a part begins in a string; -1 if nowhere",
      [.bytes, .bytes], .int64, isPure: true
    ) { run, arguments, result in
      result[0] = UInt64(bitPattern: Int64(run.index(of: arguments[1], in: arguments[0]) ?? -1))
    }.showing("begin { print(strstr(\"page_alloc\", \"alloc\")); }", prints: "5"),
    .function(
      "strncmp", "strncmp(a, b, length) -> int64",
      "0 if the first bytes of two strings are equal, else 1",
      [.bytes, .bytes, .integer], .int64, isPure: true
    ) { run, arguments, result in
      result[0] = UInt64(
        bitPattern: run.compare(arguments[0], arguments[1], length: arguments[2]))
    }.showing("begin { print(strncmp(\"kswapd0\", \"kswapd1\", 6)); }", prints: "0"),
    .function(
      "str_concat", "str_concat(a, b) -> string", "two strings, one behind the other",
      [.string, .string], .string, isPure: true
    ) { run, arguments, result in
      let joined = Array(run.strings.bytes(of: arguments[0])) + run.strings.bytes(of: arguments[1])
      result[0] = run.strings.intern(joined)
    }.showing("begin { print(str_concat(\"kswapd\", \"0\")); }", prints: "kswapd0"),
    .function(
      "substr", "substr(string, start[, length]) -> string",
      "part of a string; a start below 0 counts from its end",
      [
        .string, .integer, .integerOr(UInt64(Int64.max)),
      ], .string, isPure: true
    ) { run, arguments, result in
      let text = run.strings.bytes(of: arguments[0])
      let wanted = Int(Int64(bitPattern: arguments[1]))
      let start = wanted < 0 ? max(0, text.count &+ wanted) : min(wanted, text.count)
      let length = min(max(0, Int(Int64(bitPattern: arguments[2]))), text.count - start)
      result[0] = run.strings.intern(Array(text[start..<start + length]))
    }.showing("begin { print(substr(\"mm_page_alloc\", 3, 4)); }", prints: "page"),
  ]
}

extension Run {
  /// Where `part` begins in `whole`; both are ids.
  fileprivate func index(of part: UInt64, in whole: UInt64) -> Int? {
    let text = strings.bytes(of: whole).prefix { $0 != 0 }
    let wanted = strings.bytes(of: part).prefix { $0 != 0 }
    guard let first = wanted.first else { return 0 }
    guard text.count >= wanted.count else { return nil }
    for start in 0...(text.count - wanted.count) where text[start] == first {
      if text[start..<start + wanted.count].elementsEqual(wanted) { return start }
    }
    return nil
  }

  /// Whether two strings differ, no further than the first NUL; as in bpftrace 1 and not C's order.
  fileprivate func compare(_ a: UInt64, _ b: UInt64, length: UInt64) -> Int64 {
    let (x, y) = (strings.bytes(of: a), strings.bytes(of: b))
    var index = 0
    while UInt64(index) < length {
      let (left, right) = (index < x.count ? x[index] : 0, index < y.count ? y[index] : 0)
      if left != right { return 1 }
      if left == 0 { return 0 }
      index += 1
    }
    return 0
  }
}

extension Checker {
  fileprivate mutating func str(_ call: Call) throws -> Typed {
    if case .integer(0) = call.arguments[0].kind { return Typed(.string([]), .string, call.span) }
    if case .positional(let number) = call.arguments[0].kind {
      return Typed(.string(Array(parameters.text(number).utf8)), .string, call.span)
    }
    let text = try bytes(call.arguments[0], "str")
    if call.arguments.count == 1, text.type == .string { return text }
    let length =
      call.arguments.count == 2
      ? try argument(call.arguments[1], .integer, "str")
      : Typed(.constant(.max), .uint64, call.span)
    let function = HostFunction(name: "str", argumentWords: 2, resultWords: 1, isPure: true) {
      run, arguments, result in
      let bytes = run.strings.bytes(of: arguments[0]).prefix { $0 != 0 }
      // As in bpftrace the last byte is for the NUL.
      let room = arguments[1] == 0 ? 0 : Int(min(arguments[1] - 1, UInt64(bytes.count)))
      result[0] = run.strings.intern(Array(bytes.prefix(room)))
    }
    return Typed(.call(function, [text, length]), .string, call.span)
  }

  fileprivate mutating func strcap(_ call: Call) throws -> Typed {
    if let size = try knownSize(call.arguments[0]) {
      _ = try bytes(call.arguments[0], "strcap")
      return Typed(.constant(UInt64(size)), .int64, call.span)
    }
    let text = try bytes(call.arguments[0], "strcap")
    let end: UInt64 = text.type == .buffer ? 0 : 1
    let function = HostFunction(name: "strcap", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      result[0] = UInt64(run.strings.bytes(of: arguments[0]).count) + end
    }
    return Typed(.call(function, [text]), .int64, call.span)
  }
}
