// The script of a state: its text, so that its blocks of `end` can run again, and what makes it the same
// as another one.

internal import MMQLanguage

/// A script as it was given: its text, the files that it imports, its parameters.
struct SavedScript: Sendable {
  /// What one import brought in.
  struct Answer: Sendable {
    var path: String
    var importer: String
    var files: [ImportedFile]
  }

  var name: String
  /// As imported files have one: a file that imports itself is known by it.
  var identity: String
  var text: [UInt8]
  var imports: [Answer]
  var parameters: ScriptParameters

  /// Its words, without comments and white space, and those of the imported files.
  var words: [UInt8] {
    imports.flatMap(\.files).reduce(Parser.words(of: Source(name: name, text: text))) {
      $0 + Parser.words(of: Source(name: $1.name, text: $1.text))
    }
  }

  /// Why a state of the other script does not fit; nil where it does.
  func difference(from other: SavedScript) -> String? {
    guard words == other.words else {
      let names = [name, other.name].sorted()
      return "the states are of different scripts, \(names[0]) and \(names[1])"
    }
    let lines = [parameters, other.parameters].map { $0.words.joined(separator: " ") }.sorted()
    if lines[0] == lines[1] { return nil }
    return "the states are of one script with different parameters: '\(lines[0])' and '\(lines[1])'"
  }
}

extension ScriptParameters {
  /// As on a command line, options by name.
  fileprivate var words: [String] {
    positionals
      + options.sorted { $0.key < $1.key }.map { "--\($0.key)" + ($0.value.map { "=\($0)" } ?? "") }
      + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }
}

/// Takes down what imports bring in, while a script is loaded.
final class ImportLog: ScriptFiles {
  private let files: any ScriptFiles
  private(set) var answers: [SavedScript.Answer] = []

  init(_ files: any ScriptFiles) { self.files = files }

  func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile] {
    let found = try files.files(at: path, from: importer)
    answers.append(SavedScript.Answer(path: path, importer: importer, files: found))
    return found
  }

  func identity(of script: String) -> String { files.identity(of: script) }
}

/// Gives a saved script the files that it had.
struct SavedFiles: ScriptFiles {
  let script: SavedScript

  func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile] {
    guard
      let answer = script.imports.first(where: { $0.path == path && $0.importer == importer })
    else { throw ImportProblem("is not in the state") }
    return answer.files
  }

  func identity(of script: String) -> String { self.script.identity }
}

// MARK: In a file

extension SavedScript {
  func write(to writer: inout StateWriter) {
    writer.text(name)
    writer.text(identity)
    writer.raw(text)
    writer.list(imports) { writer, answer in
      writer.text(answer.path)
      writer.text(answer.importer)
      writer.list(answer.files) { writer, file in
        writer.text(file.name)
        writer.text(file.identity)
        writer.raw(file.text)
      }
    }
    parameters.write(to: &writer)
  }

  init(from reader: inout StateReader) throws(StateError) {
    name = try reader.text()
    identity = try reader.text()
    text = try reader.raw()
    imports = try reader.list { reader throws(StateError) in
      Answer(
        path: try reader.text(), importer: try reader.text(),
        files: try reader.list { reader throws(StateError) in
          ImportedFile(
            name: try reader.text(), identity: try reader.text(), text: try reader.raw())
        })
    }
    parameters = try ScriptParameters(from: &reader)
  }
}

extension ScriptParameters {
  fileprivate func write(to writer: inout StateWriter) {
    writer.list(positionals) { $0.text($1) }
    writer.list(options.sorted { $0.key < $1.key }) { writer, option in
      writer.text(option.key)
      writer.optional(option.value) { $0.text($1) }
    }
    writer.list(settings.sorted { $0.key < $1.key }) { writer, setting in
      writer.text(setting.key)
      writer.text(setting.value)
    }
  }

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    self.init()
    positionals = try reader.list { reader throws(StateError) in try reader.text() }
    let options = try reader.list { reader throws(StateError) in
      (
        try reader.text(),
        try reader.optional { reader throws(StateError) in try reader.text() }
      )
    }
    for (name, value) in options { self.options[name] = .some(value) }
    let settings = try reader.list { reader throws(StateError) in
      (try reader.text(), try reader.text())
    }
    for (name, value) in settings { self.settings[name] = value }
  }
}
