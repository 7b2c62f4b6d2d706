// What is wrong with a script, on standard error.

internal import MMQ
internal import MMQLanguage

enum ScriptReport {
  /// Shows all diagnostics; throws if one is an error.
  static func check(_ script: Script, showsWarnings: Bool) throws {
    try check(script.diagnostics, in: script.text, showsWarnings: showsWarnings)
  }

  /// Without a recording no event is known; what is wrong all the same is said.
  static func checkWithoutEvents(_ script: Script) throws {
    let found = script.diagnostics.filter { $0.severity == .error && $0.id != "unknown-event" }
    try check(found, in: script.text, showsWarnings: false)
  }

  /// A program without any probe would do nothing, and look as if it had found nothing. One whose optional probes
  /// are all missing is no such program.
  static func checkProbes(_ script: Script) throws {
    let writes = { !Parser.parse(script.text).0.probes.isEmpty }
    guard script.plan().probes.isEmpty, !writes() else { return }
    throw Stop(
      status: Stop.usageError,
      message: "ERROR: \(script.text.name): no probes: the program asks nothing\n"
        + "HINT: write an event and a block, such as kmem:mm_page_alloc { @[comm] = count(); }")
  }

  /// Options behind `--` that the script never asks for are slips.
  static func checkOptions(_ script: Script) throws {
    let (unknown, known) = script.unknownOptions
    guard !unknown.isEmpty else { return }
    let names = { (names: [String]) in names.map { "--\($0)" }.joined(separator: ", ") }
    throw Stop(
      status: Stop.usageError,
      message: "ERROR: unexpected program command line options: \(names(unknown))\n"
        + (known.isEmpty
          ? "HINT: the program has no options of its own"
          : "HINT: expected program options: \(names(known))"))
  }

  static func check(
    _ diagnostics: [Diagnostic], in text: Source, showsWarnings: Bool
  ) throws {
    for diagnostic in diagnostics where diagnostic.severity == .error || showsWarnings {
      Console.error(diagnostic.rendered(in: text))
    }
    if diagnostics.contains(where: { $0.severity == .error }) {
      throw Stop(status: Stop.usageError)
    }
  }
}
