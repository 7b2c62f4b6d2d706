// A script from its text to something that can run.

public import MMQLanguage
internal import MMQTrace

/// A script, parsed and checked against a source.
public struct Script {
  /// The script itself, and the files that it imports.
  public let text: Source
  /// The tree, with macros expanded.
  public let syntax: Program
  /// Errors and warnings, in order of place.
  public let diagnostics: [Diagnostic]
  let program: CheckedProgram
  let target: Target
  let parameters: ScriptParameters
  /// What a state keeps of it; nil for a question at a prompt.
  var saved: SavedScript?

  /// Parses and checks; `files` is where imports come from. A script with errors cannot run.
  public init(
    _ text: Source, for target: Target, parameters: ScriptParameters = ScriptParameters(),
    files: (any ScriptFiles)? = nil
  ) {
    let log = files.map { ImportLog($0) }
    let (parsed, complaints, source) = Importer.load(text, log)
    self.init(parsed, complaints, source, target, parameters)
    saved = SavedScript(
      name: text.name, identity: files?.identity(of: text.name) ?? text.name, text: text.text,
      imports: log?.answers ?? [], parameters: parameters.withoutOtherSettings)
  }

  init(
    _ parsed: Program, _ complaints: [Diagnostic], _ source: Source, _ target: Target,
    _ parameters: ScriptParameters
  ) {
    let (syntax, more) = MacroExpander.expand(parsed)
    let found = complaints + more
    self.text = source
    self.syntax = syntax
    self.target = target
    self.parameters = parameters
    let isSound = !found.contains { $0.severity == .error }
    let (program, typed) = Checker.check(syntax, target, parameters)
    self.program = isSound ? program : CheckedProgram()
    let all =
      found + (isSound ? typed : typed.filter(Soundness(typed, found, syntax, source).holds))
    diagnostics = all.sorted { $0.span.start < $1.span.start }
  }

  /// Some probe of it is a tracepoint: it needs a source of events.
  public var wantsEvents: Bool {
    syntax.probes.contains { $0.attachPoints.contains(where: \.mayBeEvent) }
  }

  /// It cannot run.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// Options of the command line that the script does not ask for, and those that it does.
  public var unknownOptions: (given: [String], known: [String]) {
    let known = program.optionNames
    return (parameters.options.keys.filter { !known.contains($0) }.sorted(), known.sorted())
  }

  /// Words of the command line where the script reads none of them.
  public var unusedWords: [String] { text.readsWords ? [] : parameters.positionals }

  /// Attach points after expansion of wildcards.
  public var probeCount: Int { program.probeCount }

  /// The most parts that a key of any map has: the key columns of a `CSVRenderer`.
  public var keyColumns: Int { program.maps.map(\.keyParts).max() ?? 0 }

  /// The maps and their inferred types, for `-d types`.
  public func types() -> String {
    program.maps.map { "@\($0.name): \($0.description)\n" }.joined()
  }

  /// The bytecode, for `-d bytecode`.
  public func disassembly() throws -> String {
    try Compiler.compile(program, target, StringPool()).get().disassembly()
  }
}

/// Which errors of the checker hold where some statement could not be parsed.
///
/// What it says of a variable or a map that nothing assigns holds only if each place that names it is
/// one where it is missed: else the broken statement may be the one that assigns it.
private struct Soundness {
  private let source: Source
  private let named: [String: Int]
  private var missed: [String: Int] = [:]
  /// A declaration was lost, which may be that of any name.
  private let isDeclarationLost: Bool

  init(_ all: [Diagnostic], _ syntaxErrors: [Diagnostic], _ syntax: Program, _ source: Source) {
    self.source = source
    isDeclarationLost = syntaxErrors.contains { error in
      !syntax.probes.contains { $0.span.start <= error.span.start && error.span.end <= $0.span.end }
    }
    named = source.namedVariables()
    for diagnostic in all where Soundness.isOfAssignment(diagnostic) {
      missed[name(in: diagnostic), default: 0] += 1
    }
  }

  func holds(_ diagnostic: Diagnostic) -> Bool {
    guard diagnostic.severity == .error else { return false }
    if isDeclarationLost, diagnostic.id.hasPrefix("unknown-") { return false }
    guard Soundness.isOfAssignment(diagnostic) else { return true }
    let name = name(in: diagnostic)
    return named[name] == missed[name]
  }

  private static func isOfAssignment(_ diagnostic: Diagnostic) -> Bool {
    ["unknown-map", "unknown-variable"].contains(diagnostic.id)
  }

  /// `$x`, or `@x` without its key.
  private func name(in diagnostic: Diagnostic) -> String {
    String(source.text(of: diagnostic.span).prefix { $0 != "[" })
  }
}
