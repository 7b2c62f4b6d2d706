// `mmq fmt`: puts scripts in the house style.

internal import ArgumentParser
internal import MMQLanguage

struct FmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Formats scripts; their meaning and their comments stay.",
    discussion: """
      Files are rewritten in place, if they change. Standard input goes to standard output.
      A script with errors is left as it is.
      """)

  @Argument(help: "The scripts; '-', or none, is standard input.", completion: .file())
  var files: [String] = []

  @Flag(help: "Change nothing: name the files that would change, and exit with 1 if there are any.")
  var check = false

  @Flag(help: "Print the formatted scripts; change no file.")
  var stdout = false

  @Option(name: .short, help: ArgumentHelp("The same as --stdout.", valueName: "-"))
  var output: String?

  @OptionGroup var coloring: ColorOption

  func validate() throws {
    guard output == nil || output == "-" else {
      throw ValidationError("-o takes '-' only: fmt rewrites the files that it is given")
    }
  }

  /// All files are tried; the highest status of them is the command's.
  func run() throws {
    var status: Int32 = 0
    for path in files.isEmpty ? ["-"] : files {
      do {
        try format(path)
      } catch let stop as Stop {
        if let message = stop.message { Console.error(message) }
        status = max(status, stop.status)
      }
    }
    if status != 0 { throw Stop(status: status) }
  }

  private func format(_ path: String) throws {
    let name = path == "-" ? "stdin" : path
    let source = try ScriptOptions.script(path)
    let (text, diagnostics) = Printer.print(source)
    try ScriptReport.check(diagnostics, in: source, showsWarnings: true)
    guard let text else { return }
    if check {
      guard text != source.text else { return }
      Console.print(name + "\n")
      throw Stop(status: Stop.dataError)
    }
    if stdout || output != nil || path == "-" {
      text.withUnsafeBytes { Console.write($0) }
    } else if text != source.text {
      try FileReplacement.replace(path, with: text)
    }
  }
}
