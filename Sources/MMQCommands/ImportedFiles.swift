// Files that scripts import, from the file system.

internal import Glibc
internal import MMQLanguage

/// Paths are seen from the directory of the importing file, for `-e` and standard input from the
/// current one. Of a directory, all scripts in it are taken, in order of name.
struct ImportedFiles: ScriptFiles {
  private static let endings = [".mmq", ".bt"]
  /// Bytes.
  private static let largest = 16 << 20

  func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile] {
    let place = path.hasPrefix("/") ? path : ImportedFiles.directory(of: importer) + path
    if let entries = Directory.entries(of: place)?.sorted() {
      var files: [ImportedFile] = []
      for name in entries where ImportedFiles.isScript(name) {
        files.append(try file(place + (place.hasSuffix("/") ? "" : "/") + name))
      }
      if files.isEmpty { throw ImportProblem("is a directory without scripts (.mmq, .bt)") }
      return files
    }
    if [".h", ".c"].contains(where: path.hasSuffix) {
      throw ImportProblem("is C: types come from the event's own format here, code from macros")
    }
    return [try file(place)]
  }

  func identity(of script: String) -> String { ImportedFiles.canonical(script) ?? script }

  private func file(_ path: String) throws(ImportProblem) -> ImportedFile {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT != S_IFREG { throw ImportProblem("is no regular file") }
      if status.st_size > ImportedFiles.largest { throw ImportProblem("is too large for a script") }
    }
    do {
      let text = try ScriptOptions.read(path)
      return ImportedFile(name: path, identity: identity(of: path), text: text)
    } catch {
      throw ImportProblem("cannot be read: \(String(cString: strerror(errno)))")
    }
  }

  /// With its last `/`; empty for the current one.
  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
  }

  private static func isScript(_ name: String) -> Bool {
    !name.hasPrefix(".") && endings.contains(where: name.hasSuffix)
  }

  private static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
