// Functions of maps.

internal import MMQLanguage

extension Builtin {
  static let mapBuiltins: [Builtin] = [
    Builtin(
      name: "clear", signature: "clear(@map)", summary: "removes all keys of a map",
      arguments: 1...1
    ) { checker, call in try checker.wholeMap(call) { run, map in run.tables[map].clear() } }
    .showing("begin { @x = 1; clear(@x); @y = 2; }", prints: "@y: 2"),
    Builtin(
      name: "zero", signature: "zero(@map)", summary: "sets all values of a map to zero",
      arguments: 1...1
    ) { checker, call in
      try checker.wholeMap(call) { run, map in
        run.spend(run.tables[map].count)
        run.tables[map].zero()
      }
    }
    .showing("begin { @x = 1; zero(@x); }", prints: "@x: 0"),
    Builtin(
      name: "delete", signature: "delete(@map[key]) or delete(@map, key) -> bool",
      summary: "removes a key of a map; says whether it was there", arguments: 1...2
    ) { checker, call in
      let (map, key) = try checker.mapAndKey(call)
      return Typed(.deleteKey(map: map, key: key), .bool, call.span)
    }.showing("begin { @x[1] = 1; @x[2] = 4; delete(@x, 1); }", prints: "@x[2]: 4"),
    Builtin(
      name: "has_key", signature: "has_key(@map, key) -> bool",
      summary: "whether a map has a key", arguments: 2...2
    ) { checker, call in
      let (map, key) = try checker.mapAndKey(call)
      return Typed(.hasKey(map: map, key: key), .bool, call.span)
    }.showing("begin { @x[1] = 1; print(has_key(@x, 2)); clear(@x); }", prints: "false"),
    Builtin(
      name: "find", signature: "find(@map, key, $value) -> bool",
      summary: "whether a map has a key; if so, its value is assigned to the variable",
      arguments: 3...3
    ) { checker, call in try checker.find(call) }
    .showing("begin { @x[1] = 7; if (find(@x, 1, $v)) { print($v); } clear(@x); }", prints: "7"),
    Builtin(
      name: "len", signature: "len(@map) -> int64, or len(stack) -> int64",
      summary: "how many keys a map has, or how many functions a stack", arguments: 1...1
    ) { checker, call in
      if let stack = try checker.stackArgument(call) { return checker.depth(stack) }
      let map = try checker.mapArgument(call)
      let function = HostFunction(name: "len", argumentWords: 0, resultWords: 1) { run, _, result in
        result[0] = UInt64(run.tables[map].keyCount)
      }
      return Typed(.call(function, []), .int64, call.span)
    }.showing("begin { @x[1] = 1; @x[2] = 1; print(len(@x)); clear(@x); }", prints: "2"),
  ]
}

extension Checker {
  /// The first argument as a map without a key.
  mutating func mapArgument(_ call: Call) throws -> Int {
    guard case .map(let name, key: nil) = call.arguments[0].kind else {
      throw fail(.needsMap(call.arguments[0].span, call.name))
    }
    return try existingMap(name, call.arguments[0].span)
  }

  /// The argument of len() where it is no map.
  fileprivate mutating func stackArgument(_ call: Call) throws -> Typed? {
    if case .map(_, key: nil) = call.arguments[0].kind { return nil }
    let typed = try value(call.arguments[0])
    if case .stack? = typed.type { return typed }
    return nil
  }

  mutating func wholeMap(
    _ call: Call, _ body: @escaping @Sendable (Run, Int) -> Void
  ) throws -> Typed {
    let map = try mapArgument(call)
    let function = HostFunction(name: call.name, argumentWords: 0, resultWords: 0) { run, _, _ in
      body(run, map)
    }
    return Typed(.call(function, []), nil, call.span)
  }

  /// The key is computed once, for asking and for reading.
  fileprivate mutating func find(_ call: Call) throws -> Typed {
    let map = try mapArgument(call)
    guard case .variable(let name) = call.arguments[2].kind else {
      throw fail(.needsVariable(call.arguments[2].span, call.name))
    }
    guard let written = try key(map, [call.arguments[1]], call.arguments[0].span) else {
      throw fail(.loopNeedsKeys(call.arguments[0].span, maps[map].shape.name))
    }
    guard let type = maps[map].shape.readType else {
      throw fail(
        .notReadable(call.arguments[0].span, maps[map].shape.name, maps[map].shape.description))
    }
    let (setKey, key) = stored(written)
    let (ask, found) = stored(Typed(.hasKey(map: map, key: key), .bool, call.span))
    let value = Typed(.map(map, key: key), type, call.span)
    let isNew = find(name) == nil
    let take = try assignVariable(name, value, call.arguments[2].span)
    // A variable that starts here is zero where nothing is found.
    let clear = isNew ? [zero(of: name, call.arguments[2].span)].compactMap { $0 } : []
    let takeIfFound = TypedStatement(
      kind: .conditional(found, [TypedStatement(kind: take, span: call.span)], []), span: call.span)
    return Typed(.sequence([setKey, ask] + clear + [takeIfFound], found), .bool, call.span)
  }

  /// `f(@x[key])`, `f(@x, key)`, or `f(@x)` for a map without keys.
  mutating func mapAndKey(_ call: Call) throws -> (map: Int, key: Typed?) {
    guard case .map(let name, let written) = call.arguments[0].kind else {
      throw fail(.needsMap(call.arguments[0].span, call.name))
    }
    let span = call.arguments[0].span
    let map = try existingMap(name, span)
    if call.arguments.count == 2, written != nil {
      throw fail(.needsMap(span, call.name))
    }
    return (map, try key(map, call.arguments.count == 2 ? [call.arguments[1]] : written, span))
  }
}
