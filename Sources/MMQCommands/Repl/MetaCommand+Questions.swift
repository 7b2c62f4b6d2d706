// Commands about questions: files of them, an editor, what becomes of them.

internal import Glibc
internal import MMQ
internal import MMQLanguage
internal import MMQRecipes

extension MetaCommand {
  static let questionCommands = [
    MetaCommand(
      ".explain", "[QUESTION]", .question, "shows plan and bytecode; else of the last one"
    ) {
      session, argument in
      let text = argument.isEmpty ? session.lastQuestion : argument
      guard let text else { throw Stop.wants(".explain QUESTION") }
      let script = try session.script(Source(name: "stdin", text))
      Pager.show(
        script.plan().text() + "\nbytecode\n" + (try script.disassembly()))
    },
    MetaCommand(
      ".recipes", "[NAME]", .recipe, "lists the recipes that are there, or tells all about one"
    ) { session, name in
      let text =
        name.isEmpty
        ? RecipeLibrary.all().map(RecipeText.entry).joined()
        : RecipeText.help(try Recipes.named(name, listedBy: ".recipes"))
      Pager.show(text)
    },
    MetaCommand(
      ".run", "RECIPE|FILE [ARGUMENTS]", .script,
      "runs a recipe or a script; ARGUMENTS are its $1, $2, … and options, --name=value"
    ) { session, argument in
      guard let words = TracedCommand.words(argument), let name = words.first else {
        throw Stop.wants(".run RECIPE|FILE [ARGUMENTS]")
      }
      try session.run(name, Array(words.dropFirst()))
    },
    MetaCommand(".read", "FILE", .file, "reads questions and commands from a file") {
      session, path in
      guard !path.isEmpty else { throw Stop.wants(".read FILE") }
      try session.read(
        String(decoding: try ScriptOptions.read(FileNames.expanded(path)), as: UTF8.self))
    },
    MetaCommand(".edit", "", .nothing, "opens the last question in $VISUAL or $EDITOR, and runs it")
    {
      session, _ in try session.edit()
    },
    MetaCommand(".history", "", .nothing, "lists what was asked in this session") { session, _ in
      Pager.show(session.asked.map { $0 + "\n" }.joined())
    },
  ]
}

extension ReplSession {
  /// A recipe of this name, else a script in this file.
  fileprivate func run(_ name: String, _ words: [String]) throws {
    let recipe = RecipeLibrary.all().first { $0.name == name }
    let path = FileNames.expanded(name)
    if recipe == nil, access(path, F_OK) != 0, !name.contains(where: "/.".contains) {
      _ = try Recipes.named(name, listedBy: ".recipes")
    }
    if let recipe {
      let sources = try input.sources(wantsEvents: !recipe.header.events.isEmpty)
      guard Recipes.haveAnswer(recipe, in: sources, isQuiet: settings.isQuiet) else { return }
    }
    let text =
      try recipe.map { Source(name: $0.fileName, text: $0.text) } ?? ScriptOptions.script(path)
    let script = try script(text, ScriptParameters(words: words))
    try ScriptReport.checkOptions(script)
    try UnusedWords(script, isRecipe: recipe != nil, atPrompt: true).refuse()
    try run(script)
  }

  fileprivate func edit() throws {
    let path = try temporaryFile(with: (lastQuestion ?? "") + "\n")
    defer { unlink(path) }
    let editor = Environment.first(of: "VISUAL", "EDITOR") ?? "vi"
    guard system("\(editor) '\(path)'") == 0 else {
      throw Stop(status: Stop.dataError, message: "mmq: \(editor) failed; nothing is run")
    }
    let text = String(decoding: try ScriptOptions.read(path), as: UTF8.self).trimmingBlanks
    guard !text.isEmpty else { return }
    take(text)
  }

  private func temporaryFile(with text: String) throws -> String {
    let directory = Environment.first(of: "TMPDIR") ?? "/tmp"
    var template = Array("\(directory)/mmq-XXXXXX.mmq".utf8CString)
    let descriptor = mkstemps(&template, 4)
    guard descriptor >= 0 else {
      throw Stop(
        status: Stop.dataError, message: "mmq: \(directory): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    _ = Array(text.utf8).withUnsafeBytes { FileWriting.write($0, to: descriptor) }
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
