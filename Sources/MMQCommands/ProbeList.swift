// The probes there are, for `mmq list` and `-l`.

internal import Glibc
internal import MMQ
internal import MMQLanguage
internal import MMQTrace

enum ProbeList {
  /// `-l PATTERN`, or `-l SCRIPT` and `-l -e PROGRAM` for the probes of a script.
  static func print(
    _ program: ScriptOptions, _ input: [String], _ formats: FormatsOption, isVerbose: Bool
  ) throws {
    let isScript = !program.e.isEmpty || program.words.first.map { access($0, R_OK) == 0 } == true
    guard isScript else {
      return try print(program.words.first, input, formats, isVerbose: isVerbose)
    }
    let target = try Recording.target(input, formats)
    let script = try program.script(try program.load(), for: target)
    try ScriptReport.check(script, showsWarnings: false)
    let schemas = Dictionary(
      target.distinctSchemas.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    for probe in script.plan().probes {
      let lines =
        probe.events.isEmpty
        ? [probe.attachPoint + "\n"]
        : probe.events.compactMap { schemas[$0].map { text(of: $0, isVerbose) } }
      for line in lines where seen.insert(line).inserted { Console.print(line) }
    }
  }

  /// All of a recording, or of the running kernel; those of a pattern, if one is given.
  static func print(
    _ pattern: String?, _ input: [String], _ formats: FormatsOption, isVerbose: Bool
  ) throws {
    let others = providers.filter { pattern.map(Glob.init)?.matches($0) == true }
    for name in others { Console.print(name + "\n") }
    if let pattern, !others.isEmpty, !pattern.hasPrefix("*") { return }
    let schemas = try Recording.target(input, formats).distinctSchemas
    Pager.show(try text(of: schemas, pattern, isVerbose: isVerbose, mayBeEmpty: !others.isEmpty))
  }

  /// The events of a pattern. Throws a Stop where there must be some and are none.
  static func text(
    of schemas: [EventSchema], _ pattern: String?, isVerbose: Bool, mayBeEmpty: Bool = false
  ) throws -> String {
    let found = schemas.filter { matches($0, pattern) }.sorted { $0.fullName < $1.fullName }
    if let pattern, found.isEmpty, !mayBeEmpty {
      throw Stop(
        status: Stop.dataError,
        message: "mmq: no tracepoint matches '\(pattern)'"
          + (nearest(to: bare(pattern), of: schemas).map { "; did you mean \($0)?" } ?? ""))
    }
    return found.map { text(of: $0, isVerbose) }.joined()
  }

  /// Without a colon it may have been a system, or the name of an event.
  private static func nearest(to pattern: String, of schemas: [EventSchema]) -> String? {
    let names = schemas.map(\.fullName)
    if pattern.contains(":") { return Nearest.name(to: pattern, among: names) }
    return Nearest.name(to: pattern, among: schemas.map(\.system) + schemas.map(\.name) + names)
  }

  /// Probes that are no events: listed where a pattern asks for them.
  private static let providers = [
    "begin", "end", "interval:hz:", "interval:ms:", "interval:s:", "interval:us:",
  ]

  private static func bare(_ pattern: String) -> String {
    for provider in ["tracepoint:", "t:"] where pattern.hasPrefix(provider) {
      return String(pattern.dropFirst(provider.count))
    }
    return pattern
  }

  /// A pattern without a colon is looked for in the whole name.
  private static func matches(_ schema: EventSchema, _ pattern: String?) -> Bool {
    guard let pattern = pattern.map(bare) else { return true }
    if pattern.contains(":") { return Glob(pattern).matches(schema.fullName) }
    return Glob("*\(pattern)*").matches(schema.fullName)
  }

  private static func text(of schema: EventSchema, _ isVerbose: Bool) -> String {
    let title = "tracepoint:\(schema.fullName)\n"
    guard isVerbose else { return title }
    return title + schema.ownFields.map { field($0, of: schema) }.joined()
  }

  private static func field(_ field: Field, of schema: EventSchema) -> String {
    var line = "    \(field.typeText) \(field.name)"
    if let names = schema.symbols[field.name]?.names, !names.isEmpty {
      let shown = names.prefix(8).joined(separator: ", ")
      line += "  (\(shown)\(names.count > 8 ? ", … \(names.count) names" : ""))"
    }
    return line + "\n"
  }
}
