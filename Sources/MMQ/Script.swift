// A script from its text to something that can run.

public import MMQLanguage
internal import MMQTrace

/// A script, parsed and checked against a source.
public struct Script {
  public let text: Source
  public let syntax: Program
  /// Errors and warnings, in order of place.
  public let diagnostics: [Diagnostic]
  let program: CheckedProgram
  let target: Target

  /// Parses and checks. A script with errors cannot run.
  public init(_ text: Source, for target: Target) {
    let (syntax, found) = Parser.parse(text)
    self.text = text
    self.syntax = syntax
    self.target = target
    if found.contains(where: { $0.severity == .error }) {
      program = CheckedProgram()
      diagnostics = found
    } else {
      let (program, more) = Checker.check(syntax, target)
      self.program = program
      diagnostics = (found + more).sorted { $0.span.start < $1.span.start }
    }
  }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

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
