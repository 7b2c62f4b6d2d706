// What is wrong with a script, on standard error.

internal import MMQ
internal import MMQLanguage

enum ScriptReport {
  /// Shows all diagnostics; throws if one is an error.
  static func check(_ script: Script, showsWarnings: Bool) throws {
    try check(script.diagnostics, in: script.text, showsWarnings: showsWarnings)
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
