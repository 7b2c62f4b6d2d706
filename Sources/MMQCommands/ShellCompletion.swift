// What Tab completes in a shell, with the scripts of `mmq --generate-completion-script`.

internal import ArgumentParser
internal import MMQRecipes
internal import MMQTrace

enum ShellCompletion {
  /// The words of `run` and `recipe`: files, and of `recipe` first a recipe.
  static let scripts = CompletionKind.custom { (words: [String], index: Int, prefix: String) in
    ShellCompletion.scripts(words, index, prefix)
  }

  /// Tracepoints: those of the recording that the line names, else of the running kernel.
  static let events = CompletionKind.custom { (words: [String], index: Int, prefix: String) in
    ShellCompletion.events(words, prefix)
  }

  /// The kernel's clocks.
  static let clocks = CompletionKind.custom { (_: [String], _: Int, prefix: String) in
    let source = (try? Tracefs()).map { LiveSource($0) { _, _ in false } }
    return (source?.clocks ?? []).filter { $0.hasPrefix(prefix) }
  }

  private static func scripts(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let isRecipe = words.dropFirst().first == RecipeCommand._commandName && index == 2
    if isRecipe { return RecipeLibrary.all().map(\.name) }
    // bash puts the slash behind a directory itself.
    let addsSlashes = shell != "fish"
    return FileNames.startingWith(prefix).map {
      addsSlashes && $0.hasSuffix("/") ? String($0.dropLast()) : $0
    }
  }

  /// As the parser's scripts say it.
  private static var shell: String? { Environment.first(of: "SAP_SHELL") }

  private static func events(_ words: [String], _ prefix: String) -> [String] {
    let option = words.firstIndex { ["-i", "--input"].contains($0) }
    let recording = option.flatMap { words.dropFirst($0 + 1).first }
    let matching = names(in: recording).filter { $0.hasPrefix(prefix) }
    // All events at once would be thousands of lines.
    let systems = Set(matching.map { name in name.prefix { $0 != ":" } + ":" }).map(String.init)
    return forShell(prefix.contains(":") || systems.count == 1 ? matching : systems.sorted())
  }

  /// zsh takes what follows a bare colon for a description.
  private static func forShell(_ names: [String]) -> [String] {
    guard shell == "zsh" else { return names }
    return names.map {
      $0.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
    }
  }

  private static func names(in recording: String?) -> [String] {
    if let recording {
      return (try? SourceFormat.open(path: recording))?.schemas.map(\.fullName).sorted() ?? []
    }
    guard let tracefs = try? Tracefs(),
      let text = try? ScriptOptions.read(tracefs.path + "/available_events")
    else { return [] }
    return text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      .sorted()
  }
}
