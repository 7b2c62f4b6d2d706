// Every sentence that mmq says of a script's text, in order of its id.

extension Diagnostic {
  static func badEscape(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(
      .error, "bad-escape", span, "unknown escape '\(text)' in a string",
      hint: #"there are \n \t \r \" \\ \ooo (octal) and \xHH"#)
  }

  static func badImport(_ span: Span, _ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.error, "bad-import", span, "'\(path)' \(reason)")
  }

  static func badNumber(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(
      .error, "bad-number", span, "'\(text)' is no number, or does not fit 64 bits",
      hint: "numbers look like 42, 0x1f, 017, 1_000, 1e6, 0.5, 10ms")
  }

  static func badPositional(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "bad-positional", span, "positional parameters count from $1")
  }

  static func configPlace(_ span: Span, isSecond: Bool) -> Diagnostic {
    Diagnostic(
      .error, "config-place", span,
      isSecond
        ? "a program has one config block" : "the config block stands before probes and macros")
  }

  static func doubleMacro(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "double-macro", span, "there is a macro \(name) with such parameters before this")
  }

  static func doubleParameter(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(
      .error, "double-parameter", span, "two parameters of the macro \(name) have the same name")
  }

  static func expected(
    _ what: String, _ found: Token, at span: Span? = nil, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .error, "expected", span ?? found.span, "expected \(what), found \(found.description)",
      hint: hint)
  }

  static func ifBeforeBlock(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "if-before-block", span, "'if' chooses the events that are printed without a block",
      hint:
        "the condition of a block stands between slashes: kmem:mm_page_alloc /args.order > 3/ { … }"
    )
  }

  static func importedConfig(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "imported-config", span,
      "settings belong to the script itself, not to what it imports")
  }

  static func macroArguments(
    _ span: Span, _ name: String, _ wanted: Int, _ found: Int
  ) -> Diagnostic {
    Diagnostic(
      .error, "macro-arguments", span,
      "the macro \(name) takes \(wanted) argument\(wanted == 1 ? "" : "s"), not \(found)")
  }

  static func macroDepth(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(.error, "macro-depth", span, "the macro \(name) calls itself without end")
  }

  static func macroMap(_ span: Span, _ macro: String, _ map: String) -> Diagnostic {
    Diagnostic(
      .error, "macro-map", span, "the macro \(macro) uses @\(map), which it is not given",
      hint: "macros are hygienic: pass maps as parameters, macro \(macro)(@\(map)) { … }")
  }

  static func macroParameter(
    _ span: Span, _ macro: String, _ parameter: String, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, "macro-parameter", span, "\(parameter) of the macro \(macro) takes \(what)")
  }

  static func noMemory(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "no-memory", span,
      "there are no pointers to follow: a trace holds no memory, only the fields of its events",
      hint: "mmq list -v shows the fields of an event; read one as args.FIELD")
  }

  static func noStructs(_ span: Span, _ kind: String) -> Diagnostic {
    Diagnostic(
      .error, "no-structs", span,
      "there are no C \(kind)s: types come from the event's own format",
      hint: "mmq list -v shows the fields of an event; records are (x = 1, y = 2)")
  }

  static func noPointers(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "no-pointers", span,
      "there are no pointers to a type: a trace holds no memory that they could point to",
      hint: "a pointer in a field is a number already: args.ptr, or (uint64)args.ptr")
  }

  static func macroSize(_ span: Span, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, "macro-size", span, "macros make this program larger than \(limit) expressions")
  }

  /// Something is assigned to that is no place for a value.
  public static func notAssignable(_ span: Span) -> Diagnostic {
    Diagnostic(
      .error, "not-assignable", span, "only a map (@x) or a variable ($x) can be changed")
  }

  static func openBlock(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "open-block", span, "this '{' has no '}'")
  }

  static func openComment(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "open-comment", span, "this comment has no '*/'")
  }

  static func openPredicate(_ span: Span, _ found: Token, hint: String?) -> Diagnostic {
    Diagnostic(
      .error, "open-predicate", span,
      "this predicate does not end: expected '/' and then '{', found \(found.description)",
      hint: hint)
  }

  static func openString(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "open-string", span, "this string has no closing '\"'")
  }

  static func preprocessor(_ span: Span, _ directive: String) -> Diagnostic {
    Diagnostic(
      .error, "preprocessor", span, "there is no C preprocessor: '#\(directive)' does nothing here",
      hint: "for constants and shared code there are macros and import; "
        + "types come from the event's own format; a comment starts with '# '")
  }

  static func singleQuotes(_ span: Span, _ text: String) -> Diagnostic {
    let isPlain = text.utf8.allSatisfy { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    return Diagnostic(
      .error, "single-quotes", span, "a string is in double quotes",
      hint: isPlain ? "\"\(text)\"" : nil)
  }

  static func strayByte(_ span: Span, _ byte: UInt8) -> Diagnostic {
    let shown =
      byte > 0x20 && byte < 0x7f
      ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    return Diagnostic(.error, "stray-byte", span, "\(shown) does not belong here")
  }

  static func tooDeep(_ span: Span) -> Diagnostic {
    Diagnostic(.error, "too-deep", span, "this is nested too deeply (\(Parser.depthLimit) levels)")
  }
}
