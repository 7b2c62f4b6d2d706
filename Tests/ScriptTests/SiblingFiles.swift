// The files that scripts of Tests/Scripts import: those beside them.

import Foundation
import MMQLanguage

struct SiblingFiles: ScriptFiles {
  /// The directory of the script, below Tests/Scripts.
  let directory: String

  func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile] {
    let base = importer.lastIndex(of: "/").map { importer[...$0] } ?? ""
    let place = String(base) + path
    let whole = "\(ScriptCase.directory)/\(directory)/\(place)"
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: whole, isDirectory: &isDirectory) else {
      throw ImportProblem("is not there")
    }
    guard isDirectory.boolValue else { return [try file(place)] }
    var files: [ImportedFile] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: whole))?.sorted() ?? []
    where name.hasSuffix(".bt") {
      files.append(try file("\(place)/\(name)"))
    }
    return files
  }

  func identity(of script: String) -> String { script }

  private func file(_ place: String) throws(ImportProblem) -> ImportedFile {
    guard
      let text = FileManager.default.contents(
        atPath: "\(ScriptCase.directory)/\(directory)/\(place)")
    else { throw ImportProblem("is not there") }
    let identity = URL(fileURLWithPath: "/" + place).standardized.path
    return ImportedFile(name: place, identity: identity, text: Array(text))
  }
}
