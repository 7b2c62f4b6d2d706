// What `run` and `repl` have in common beside the source: how results are shown, and what scripts may do.

internal import ArgumentParser

struct ResultOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("format")],
    help: "How results are printed: text, json, csv or folded (stacks for a flame graph).",
    completion: .list(OutputFormat.allCases.map(\.rawValue)))
  var formatName = OutputFormat.text.rawValue

  @Flag(name: .customLong("no-warnings"), help: "Do not show warnings.")
  var noWarnings = false

  @Flag(name: .customLong("no-progress"), help: "Show no progress bar.")
  var noProgress = false

  @Flag(help: "Allow system(), which runs commands.")
  var unsafe = false

  @OptionGroup var coloring: ColorOption
}
