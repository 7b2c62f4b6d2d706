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
    ShellCompletion.events(EventLineWords(words, at: index, prefix))
  }

  private static func scripts(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let isRecipe = words.dropFirst().first == RecipeCommand._commandName && index == 2
    return isRecipe ? RecipeLibrary.all().map(\.name) : FileNames.startingWith(prefix)
  }

  private static func events(_ line: EventLineWords) -> [String] {
    let matching = names(in: line.recording).filter { $0.hasPrefix(line.typed) }
    // All events at once would be thousands of lines.
    let systems = Set(matching.map { name in name.prefix { $0 != ":" } + ":" }).map(String.init)
    let found = line.typed.contains(":") || systems.count == 1 ? matching : systems.sorted()
    return found.map { String($0.dropFirst(line.hidden)) }
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

/// The name that is being typed.
private struct EventLineWords {
  let recording: String?
  /// From the name's start to the cursor.
  let typed: String
  /// bash cuts words at colons, and replaces only what is behind the last one: so much stays.
  let hidden: Int

  init(_ words: [String], at index: Int, _ prefix: String) {
    let option = words.firstIndex { ["-i", "--input"].contains($0) }
    recording = option.flatMap { words.dropFirst($0 + 1).first }
    let before = words.prefix(index)
    let system: String
    if prefix == ":" {
      system = (before.last ?? "") + ":"
    } else if before.last == ":" {
      system = (before.dropLast().last ?? "") + ":"
    } else {
      (typed, hidden) = (prefix, 0)
      return
    }
    typed = system + (prefix == ":" ? "" : prefix)
    hidden = system.count
  }
}
