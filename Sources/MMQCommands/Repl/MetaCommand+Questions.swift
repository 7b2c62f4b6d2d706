// Commands about questions: files of them, an editor, what becomes of them.

internal import Glibc
internal import MMQ
internal import MMQLanguage

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
        script.plan().text() + "\nbytecode\n" + (try script.disassembly()), session.settings)
    },
    MetaCommand(".run", "FILE [ARGUMENTS]", .file, "runs a script; ARGUMENTS are its $1, $2, …") {
      session, argument in
      guard let words = TracedCommand.words(argument), let path = words.first else {
        throw Stop.wants(".run FILE [ARGUMENTS]")
      }
      let text = Source(name: path, text: try ScriptOptions.read(FileNames.expanded(path)))
      let parameters = ScriptParameters(positionals: Array(words.dropFirst()))
      try session.run(try session.script(text, parameters))
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
      Pager.show(session.asked.map { $0 + "\n" }.joined(), session.settings)
    },
  ]
}

extension ReplSession {
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
