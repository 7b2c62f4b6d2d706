// `mmq list`: the tracepoints there are, with their fields.

internal import ArgumentParser
internal import MMQ
internal import MMQLanguage
internal import MMQTrace

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists tracepoints, and with -v their fields.",
    discussion: "Without -i, those of the running kernel.")

  @Argument(help: "Only these: system:event, with * and [a-z].")
  var pattern: String?

  @Option(name: .shortAndLong, help: "The recording whose events are listed.")
  var input: String?

  @Flag(name: .shortAndLong, help: "Show fields, their types and the names of their values.")
  var verbose = false

  func run() throws {
    let schemas = try Recording.target(input).schemas.sorted { $0.fullName < $1.fullName }
    let found = schemas.filter { matches($0) }
    for schema in found { Console.print(text(of: schema)) }
    guard found.isEmpty, let pattern else { return }
    let nearest = Nearest.name(to: bare(pattern), among: schemas.map(\.fullName))
    throw Stop(
      status: Stop.dataError,
      message: "mmq: no tracepoint matches '\(pattern)'"
        + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  private func bare(_ pattern: String) -> String {
    pattern.hasPrefix("tracepoint:") ? String(pattern.dropFirst("tracepoint:".count)) : pattern
  }

  /// A pattern without a colon is looked for in the whole name.
  private func matches(_ schema: EventSchema) -> Bool {
    guard let pattern = pattern.map(bare) else { return true }
    if pattern.contains(":") { return Glob(pattern).matches(schema.fullName) }
    return Glob("*\(pattern)*").matches(schema.fullName)
  }

  private func text(of schema: EventSchema) -> String {
    let title = "tracepoint:\(schema.fullName)\n"
    guard verbose else { return title }
    return title + schema.ownFields.map { field($0, of: schema) }.joined()
  }

  private func field(_ field: Field, of schema: EventSchema) -> String {
    var line = "    \(field.typeText) \(field.name)"
    if let names = schema.symbols[field.name]?.names, !names.isEmpty {
      let shown = names.prefix(8).joined(separator: ", ")
      line += "  (\(shown)\(names.count > 8 ? ", … \(names.count) names" : ""))"
    }
    return line + "\n"
  }
}
