// `.help NAME`: what is said of one thing.

internal import MMQ
internal import MMQLanguage

/// A command of the prompt, a function, a builtin, or an event: of each of this name its line.
struct HelpTopic {
  private let name: String

  /// `count`, `count(` and `count()` are one.
  init(_ text: String) {
    name = String(text.prefix { $0 != "(" })
  }

  /// Throws a Stop where there is nothing of that name.
  func text(_ input: ReplInput) throws -> String {
    let lines = HelpTopic.lines(try input.targetWithoutEvents())
    let found = lines.filter { $0.name == name || $0.name == "." + name }
    if !found.isEmpty { return found.map { "\($0.usage)  \($0.summary)\n" }.joined() }
    if name.contains(":") {
      return try ProbeList.text(of: try input.target().distinctSchemas, name, isVerbose: true)
    }
    let nearest = Nearest.name(to: name, among: lines.map(\.name))
    throw Stop(
      status: Stop.usageError,
      message: "mmq: there is no help for \(name); "
        + (nearest.map { "did you mean \($0)?" } ?? ".help EVENT shows the fields of an event"))
  }

  private typealias Line = (name: String, usage: String, summary: String)

  private static func lines(_ target: Target) -> [Line] {
    let commands = MetaCommand.all.map { command -> Line in
      (command.name, (command.name + " " + command.usage).trimmingBlanks, command.summary)
    }
    return commands + target.builtins.map { ($0.name, $0.signature, $0.summary) }
      + Aggregation.all.map { ($0.name, $0.signature, $0.summary) }
  }
}
