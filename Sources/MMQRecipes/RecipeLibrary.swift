// All recipes: those that are compiled in, and those of the user.

internal import Glibc

public enum RecipeLibrary {
  /// In order of their names. They are the files of the directory `Recipes`.
  public static let shipped: [Recipe] = files.map { Recipe(name: $0.name, text: $0.text) }

  /// Shipped and own, in order of their names; of two of one name the user's own.
  public static func all(directory: String? = userDirectory) -> [Recipe] {
    let own = directory.map(recipes) ?? []
    let names = Set(own.map(\.name))
    return (shipped.filter { !names.contains($0.name) } + own).sorted { $0.name < $1.name }
  }

  /// `$XDG_DATA_HOME/mmq/recipes`, which is `~/.local/share/mmq/recipes` where nothing else is said.
  public static var userDirectory: String? {
    if let data = variable("XDG_DATA_HOME") { return data + "/mmq/recipes" }
    return variable("HOME").map { $0 + "/.local/share/mmq/recipes" }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name).map({ String(cString: $0) }) else { return nil }
    // The XDG rules pass over what is not absolute.
    return value.hasPrefix("/") ? value : nil
  }

  /// The scripts in a directory; none where it cannot be read.
  private static func recipes(in path: String) -> [Recipe] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var recipes: [Recipe] = []
    while let entry = readdir(directory) {
      let file = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard file.hasSuffix(".mmq"), !file.hasPrefix("."), let text = contents("\(path)/\(file)")
      else { continue }
      recipes.append(Recipe(name: String(file.dropLast(4)), text: text, path: "\(path)/\(file)"))
    }
    return recipes
  }

  /// Bytes.
  private static let largest = 16 << 20

  private static func contents(_ path: String) -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest,
      let file = fopen(path, "re")
    else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while case let got = fread(&block, 1, block.count, file), got > 0, text.count <= largest {
      text += block[..<got]
    }
    return ferror(file) == 0 ? text : nil
  }
}
