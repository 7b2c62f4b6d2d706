// The user's own settings, for all scripts: mmq/config in the directory of configurations.

internal import Glibc
internal import MMQ
internal import MMQLanguage

/// A setting a line, as `name = value`; what follows `#` is a remark.
enum ConfigFile {
  /// What the file sets; nothing where there is none. Throws a Stop that names the line where something is wrong.
  static func settings() throws -> [String: String] {
    guard let path, access(path, F_OK) == 0 else { return [:] }
    let text = String(decoding: try ScriptOptions.read(path), as: UTF8.self)
    var settings: [String: String] = [:]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let setting = String(line.prefix { $0 != "#" }).trimmingBlanks
      if setting.isEmpty { continue }
      do throws(Problem) {
        let (name, value) = try parse(setting)
        settings[name] = value
      } catch {
        throw Stop(status: Stop.usageError, message: "mmq: \(path):\(index + 1): \(error.text)")
      }
    }
    return settings
  }

  private struct Problem: Error { var text: String }

  /// `$XDG_CONFIG_HOME/mmq/config`, which is `~/.config/mmq/config` where nothing else is said.
  private static var path: String? {
    if let given = Environment.first(of: "XDG_CONFIG_HOME"), given.hasPrefix("/") {
      return given + "/mmq/config"
    }
    return Environment.first(of: "HOME").map { $0 + "/.config/mmq/config" }
  }

  private static func parse(_ line: String) throws(Problem) -> (String, String) {
    let parts = line.split(separator: "=", maxSplits: 1).map { String($0).trimmingBlanks }
    guard parts.count == 2, !parts[1].isEmpty else {
      throw Problem(text: "a setting is NAME = VALUE, such as stack_mode = perf")
    }
    let known = ScriptParameters.settingNames
    let name = ScriptParameters.settingName(parts[0])
    guard known.contains(name) else {
      let nearest = Nearest.name(to: parts[0], among: known)
      throw Problem(
        text: "there is no setting '\(parts[0])'; "
          + (nearest.map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))"))
    }
    return (name, parts[1])
  }
}
