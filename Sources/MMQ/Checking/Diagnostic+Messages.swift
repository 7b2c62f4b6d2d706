// Every sentence that the checker says, in order of its id.

internal import MMQLanguage
internal import MMQTrace

extension Diagnostic {
  static func aggregationNotAssigned(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "aggregation-not-assigned", span, "\(name)() must be assigned to a map",
      hint: "write @x = \(name)(…), or @x[key] = \(name)(…)")
  }

  static func anyOfSeveralBits(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .warning, "any-of-several-bits", span,
      "\"\(name)\" is several bits: this asks whether any of them is set",
      hint: "for all of them: (… & \"\(name)\") == \"\(name)\"")
  }

  static func argsAlone(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "args-alone", span, "args is no value by itself", hint: "write args.FIELD")
  }

  static func argumentCount(_ span: Span, _ signature: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      .error, "argument-count", span,
      "this call has \(counted(count, "argument")), but the function is \(signature)")
  }

  static func badArgument(_ span: Span, _ problem: String) -> Diagnostic {
    Diagnostic(.error, "bad-argument", span, problem)
  }

  static func badCast(_ span: Span, _ from: Type, _ to: Type) -> Diagnostic {
    Diagnostic(.error, "bad-cast", span, "a \(from.name) cannot be cast to \(to.name)")
  }

  /// It has no place in the script: the first byte stands for it.
  static func badEnvironment(_ name: String, _ value: String, hint: String?) -> Diagnostic {
    Diagnostic(
      .warning, "bad-environment", Span(0, 0),
      "'\(name)' is set to '\(value)' outside of the script, which it cannot be: it is not set",
      hint: hint)
  }

  static func badInterval(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "bad-interval", span, "this is no interval",
      hint: "intervals look like interval:s:5, interval:ms:100, interval:hz:10, interval:5s")
  }

  static func badSetting(_ span: Span, _ name: String, _ kind: Setting.Kind) -> Diagnostic {
    let wanted =
      switch kind {
      case .integer(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
      case .flag: "true or false"
      case .words(let words): words.joined(separator: ", ")
      case .text: "a string"
      }
    return Diagnostic(
      .error, "bad-setting", span, "'\(name)' cannot have this value", hint: "it is \(wanted)")
  }

  static func badWord(_ span: Span, _ text: String, _ words: [String]) -> Diagnostic {
    let quoted = words.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      .error, "bad-word", span, "\"\(text)\" cannot stand here", hint: "it is one of \(quoted)")
  }

  static func branchConflict(_ span: Span, _ first: Span, _ a: Type?, _ b: Type?) -> Diagnostic {
    Diagnostic(
      .error, "branch-conflict", span,
      "one branch is \(a?.name ?? "nothing"), the other \(b?.name ?? "nothing")",
      notes: [Note(span: first, message: "the other branch")])
  }

  static func constantRange(_ span: Span, _ value: String) -> Diagnostic {
    literalRange(span, value, .int64, Int128(Int64.min), Int128(Int64.max))
  }

  static func declaredTwice(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(.error, "declared-twice", span, "\(name) is declared before this")
  }

  static func doubleMember(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(.error, "double-member", span, "the record has '\(name)' twice")
  }

  static func doubtfulArgument(_ span: Span, _ sentence: String, hint: String) -> Diagnostic {
    Diagnostic(.warning, "doubtful-argument", span, sentence, hint: hint)
  }

  static func eventMissingIn(_ span: Span, _ event: String, _ source: String) -> Diagnostic {
    Diagnostic(
      .warning, "event-missing-in", span,
      "\(source) has no tracepoint \(event): the others' is all there is")
  }

  static func feedsItself(_ span: Span) -> Diagnostic {
    Diagnostic(
      .warning, "feeds-itself", span,
      "whoever reads this output makes more of these events: it may never end",
      hint: "ask for a pid or comm, trace one process with -c or -p, or print to a file with -o")
  }

  static func floatKey(_ span: Span) -> Diagnostic {
    Diagnostic(.warning, "float-key", span, "a float as a key: its integer part is used")
  }

  static func floatOperand(_ span: Span, _ op: String) -> Diagnostic {
    Diagnostic(.error, "float-operand", span, "'\(op)' takes integers only")
  }

  static func incomparable(_ span: Span, _ op: String, _ a: Type, _ b: Type) -> Diagnostic {
    Diagnostic(
      .error, "incomparable", span, "'\(op)' cannot compare \(a.name) with \(b.name)")
  }

  static func integerAverage(_ span: Span) -> Diagnostic {
    Diagnostic(
      .warning, "integer-average", span, "this is an average of integers: its fraction is gone",
      hint: "avg((float64)n) keeps it")
  }

  static func integerQuotient(_ span: Span) -> Diagnostic {
    Diagnostic(
      .warning, "integer-quotient", span, "this is the quotient of integers: its fraction is gone",
      hint: "divide as (float64)$a / $b")
  }

  static func keyConflict(
    _ span: Span, _ map: String, _ new: Type, _ first: Span, _ old: Type
  ) -> Diagnostic {
    Diagnostic(
      .error, "key-conflict", span, "the key of @\(map) is \(new.name) here, \(old.name) before",
      notes: [Note(span: first, message: "first used here, with a key of \(old.name)")])
  }

  static func keyNeeded(_ span: Span, _ map: String, _ first: Span) -> Diagnostic {
    Diagnostic(
      .error, "key-needed", span, "@\(map) has keys, but is used without one here",
      notes: [Note(span: first, message: "used with a key here")])
  }

  static func literalRange(
    _ span: Span, _ value: String, _ type: Type, _ low: Int128, _ high: Int128
  ) -> Diagnostic {
    Diagnostic(
      .error, "literal-range", span, "\(value) does not fit \(type.name): \(low) to \(high)",
      hint: type.byteSize < 8 ? "a cast cuts it: (\(type.name))\(value)" : nil)
  }

  static func liveOnly(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "live-only", span,
      "self:signal is for the running kernel: a run over a recording has an end of its own",
      hint: "leave the block out: SIGUSR1 prints the maps of such a run")
  }

  static func loopNeedsKeys(_ span: Span, _ map: String) -> Diagnostic {
    Diagnostic(.error, "loop-needs-keys", span, "@\(map) has no keys to loop over")
  }

  static func mapConflict(
    _ span: Span, _ map: String, _ new: String, _ first: Span, _ old: String
  ) -> Diagnostic {
    Diagnostic(
      .error, "map-conflict", span, "@\(map) is assigned \(new) here, but it holds \(old)",
      hint: "a map holds values of one type, or one aggregation: use two maps",
      notes: [Note(span: first, message: "first assigned here")])
  }

  static func missingField(
    _ span: Span, _ name: String, _ events: [EventSchema], _ kernel: String?
  ) -> Diagnostic {
    let event = events[0]
    let fields = event.ownFields.map(\.name)
    let others = events.count > 1 ? ", nor have \(events.count - 1) other events of this probe" : ""
    let nearest = Nearest.name(to: name, among: fields)
    if event.absentFields.contains(name) {
      return Diagnostic(
        .error, "missing-field", span,
        "the text of \(event.fullName) does not tell the field '\(name)'",
        hint: fields.isEmpty ? nil : "it tells \(fields.joined(separator: ", "))")
    }
    return Diagnostic(
      .error, "missing-field", span,
      "tracepoint \(event.fullName) has no field '\(name)'\(onKernel(kernel))\(others)",
      hint: "it has \(fields.isEmpty ? "no fields" : fields.joined(separator: ", "))"
        + (nearest.map { "; did you mean '\($0)'?" }
          ?? "; guard newer fields with has_field(args.\(name))"))
  }

  static func needsBlock(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "needs-block", span, "\(name) needs a block: only events print without one",
      hint: "\(name) { … }")
  }

  static func needsMap(_ span: Span, _ function: String) -> Diagnostic {
    Diagnostic(.error, "needs-map", span, "\(function)() takes a map, such as @x")
  }

  static func needsVariable(_ span: Span, _ function: String) -> Diagnostic {
    Diagnostic(
      .error, "needs-variable", span, "\(function)() assigns to a variable, such as $x, here")
  }

  static func noEnumCase(_ span: Span, _ value: UInt64, _ type: IntegerType) -> Diagnostic {
    let names = type.symbols?.names.joined(separator: ", ") ?? ""
    return Diagnostic(
      .error, "no-enum-case", span, "the enum has no case with the value \(value)",
      hint: "it has \(names)")
  }

  static func noKeyNeeded(_ span: Span, _ map: String, _ first: Span) -> Diagnostic {
    Diagnostic(
      .error, "no-key-needed", span, "@\(map) has no keys, but is used with one here",
      notes: [Note(span: first, message: "used without a key here")])
  }

  static func needsField(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "needs-field", span, "has_field() takes a field, as args.FIELD")
  }

  static func noMember(_ span: Span, _ name: String, _ type: Type?) -> Diagnostic {
    Diagnostic(
      .error, "no-member", span,
      "a \(type?.name ?? "call without a value") has no member '\(name)'",
      hint: "fields of the event are args.FIELD; parts of a tuple are .0, .1, …")
  }

  static func noValue(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "no-value", span, "this has no value")
  }

  static func noEventsKnown(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "unknown-event", span, "no source of events is at hand that could have this one",
      hint: "ask in begin, and keep the answer in a map: @known = max(has_event(…))")
  }

  static func notConstant(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "not-constant", span, "a number is needed here that is known beforehand")
  }

  static func notIndexable(_ span: Span, _ type: Type?) -> Diagnostic {
    Diagnostic(
      .error, "not-indexable", span, "a \(type?.name ?? "call without a value") has no elements")
  }

  static func notInEvent(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "not-in-event", span, "'\(name)' belongs to an event; this block runs without one")
  }

  static func notReadable(_ span: Span, _ map: String, _ shape: String) -> Diagnostic {
    Diagnostic(
      .error, "not-readable", span, "@\(map) holds \(shape), which is no single value",
      hint: "print(@\(map)) prints it")
  }

  static func notWhole(_ span: Span, _ value: Double) -> Diagnostic {
    let nearest = Int64(exactly: value.rounded(.towardZero))
    return Diagnostic(
      .error, "not-whole", span, "a whole number is needed here, not \(value)",
      hint: nearest.map { "write \($0), or another number without a fraction" })
  }

  static func outOfBounds(_ span: Span, _ index: Int, _ array: ArrayType) -> Diagnostic {
    Diagnostic(
      .error, "out-of-bounds", span,
      "the index \(index) is out of bounds for "
        + (array.count.map { "array of size \($0)" } ?? "any array"))
  }

  static func outsideLoop(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "outside-loop", span, "there is no loop here to leave or to continue")
  }

  static func scalarDeclared(_ span: Span, _ map: String, _ first: Span) -> Diagnostic {
    Diagnostic(
      .error, "scalar-declared", span, "@\(map) is declared with a number of keys, but has none",
      notes: [Note(span: first, message: "used without a key here")])
  }

  static func tooManyParts(_ span: Span, _ limit: Int, _ depth: Int) -> Diagnostic {
    Diagnostic(
      .error, "too-many-parts", span,
      "this has more than \(limit) parts, or more than \(depth) levels of tuples in it",
      hint: "a map or variable cannot hold itself")
  }

  static func typeAlone(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "type-alone", span, "a type is no value",
      hint: "it can be cast to, declared with let, or handed to a macro")
  }

  static func typesDoNotSettle(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "types-do-not-settle", span,
      "the types of this program do not settle: too many maps are assigned from each other")
  }

  static func unknownEvent(
    _ span: Span, _ name: String, isError: Bool, hint: String, kernel: String?
  ) -> Diagnostic {
    Diagnostic(
      isError ? .error : .warning, "unknown-event", span,
      isError
        ? "there is no tracepoint \(name)\(onKernel(kernel))"
        // The sentence that users of bpftrace look for.
        : "No matches for tracepoint \(name). Skipping.",
      hint: hint)
  }

  static func unknownFunction(_ span: Span, _ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-function", span, "there is no function \(name)()",
      hint: nearest.map { "did you mean \($0)()?" })
  }

  static func unknownMap(_ span: Span, _ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-map", span, "nothing is ever assigned to @\(name)",
      hint: nearest.map { "did you mean @\($0)?" })
  }

  static func unknownMapKind(_ span: Span, _ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-map-kind", span, "there is no kind of map '\(name)'",
      hint: nearest.map { "did you mean \($0)?" }
        ?? "there are hash, lruhash, percpuhash and percpulruhash")
  }

  static func unknownName(_ span: Span, _ name: String, hint: String?) -> Diagnostic {
    Diagnostic(.error, "unknown-name", span, "there is no '\(name)'", hint: hint)
  }

  static func eventWithoutSystem(_ span: Span, _ text: String, hint: String) -> Diagnostic {
    Diagnostic(.error, "unknown-provider", span, "'\(text)' is no probe", hint: hint)
  }

  static func unknownProvider(_ span: Span, _ text: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-provider", span, "'\(text)' is no probe",
      hint: (nearest.map { "did you mean \($0)? " } ?? "")
        + "probes are begin, end, interval:UNIT:N and tracepoint:SYSTEM:EVENT")
  }

  static func unknownSetting(_ span: Span, _ name: String) -> Diagnostic {
    let nearest = Nearest.name(to: name, among: Settings.names)
    return Diagnostic(
      .error, "unknown-setting", span, "\(name): not a known configuration option",
      hint: nearest.map { "did you mean \($0)?" } ?? Settings.names.joined(separator: ", "))
  }

  static func unknownSignal(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "unknown-signal", span, "mmq itself is asked only by SIGUSR1",
      hint: "self:signal:SIGUSR1 { … } runs when somebody sends it that signal")
  }

  static func unknownSymbol(
    _ span: Span, _ name: String, _ table: SymbolTable
  ) -> Diagnostic {
    let nearest = Nearest.name(to: name, among: table.names)
    let hint =
      table.unresolved.contains(name)
      ? "the kernel's format does not tell its value; compare with the number"
      : nearest.map { "did you mean \"\($0)\"?" }
        ?? "there are \(table.names.prefix(12).joined(separator: ", "))"
    return Diagnostic(
      .error, "unknown-symbol", span, "the field has no value named \"\(name)\"", hint: hint)
  }

  static func unknownType(_ span: Span, _ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-type", span, "there is no type '\(name)'",
      hint: nearest.map { "did you mean \($0)?" })
  }

  static func unknownVariable(_ span: Span, _ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "unknown-variable", span, "$\(shown(name)) is not assigned before this",
      hint: nearest.map { "did you mean $\($0)?" })
  }

  static func unreachable(_ span: Span) -> Diagnostic {
    Diagnostic(
      .warning, "unreachable", span, "Unreachable statement: what stands before it ends the block")
  }

  static func unreadableField(
    _ span: Span, _ event: String, _ name: String, _ type: String
  ) -> Diagnostic {
    Diagnostic(
      .error, "unreadable-field", span,
      "'\(name)' of \(event) is of type '\(type)', which scripts cannot read yet")
  }

  static func unsupportedName(
    _ span: Span, _ name: String, _ reason: Unsupported
  ) -> Diagnostic {
    Diagnostic(
      .error, "unsupported-name", span, "'\(name)' \(reason.why)", hint: reason.instead)
  }

  static func unsupportedProvider(
    _ span: Span, _ name: String, _ reason: Unsupported
  ) -> Diagnostic {
    Diagnostic(
      .error, "unsupported-provider", span, "\(name) probes \(reason.why)", hint: reason.instead)
  }

  static func unresolvedNames(_ span: Span, _ field: String, _ names: [String]) -> Diagnostic {
    Diagnostic(
      .warning, "unresolved-names", span,
      "the format does not tell the numbers of some names of '\(field)'; they print as numbers",
      hint: "these are \(names.prefix(8).joined(separator: ", "))")
  }

  static func unrollCount(_ span: Span, _ count: Int64, _ limit: Int64) -> Diagnostic {
    Diagnostic(
      .error, "unroll-count", span,
      count > limit ? "unroll maximum value is \(limit)" : "unroll takes a number from 1 on",
      hint: "for ($i : 0..n) loops any number of times")
  }

  static func unusedValue(_ span: Span) -> Diagnostic {
    Diagnostic(
      .warning, "unused-value", span, "this value is not used",
      hint: "print(…) prints it; _ = … discards it")
  }

  static func variableDeclared(_ span: Span, _ name: String, _ first: Span) -> Diagnostic {
    Diagnostic(
      .error, "variable-declared", span,
      "$\(shown(name)) is there already: a variable cannot hide another one",
      notes: [Note(span: first, message: "first here")])
  }

  static func variableConflict(
    _ span: Span, _ name: String, _ new: Type, _ first: Span, _ old: Type
  ) -> Diagnostic {
    Diagnostic(
      .error, "variable-conflict", span,
      "$\(shown(name)) is assigned \(new.name) here, but is \(old.name)",
      notes: [Note(span: first, message: "first assigned here")])
  }

  static func wrongType(
    _ span: Span, _ what: String, _ type: Type?, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .error, "wrong-type", span, "\(what) cannot be \(type?.name ?? "a call without a value")",
      hint: hint)
  }

  /// A variable of a macro's body has a number behind its name that no script can write.
  private static func shown(_ name: String) -> Substring { name.prefix { $0 != " " } }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func onKernel(_ version: String?) -> String {
    version.map { " on this kernel (\($0))" } ?? ""
  }
}
