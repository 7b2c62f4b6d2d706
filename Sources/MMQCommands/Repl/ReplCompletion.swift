// What may stand at a place of a line at the prompt: commands of the prompt, or of the language.

internal import MMQ
internal import MMQLanguage
internal import MMQRecipes

extension ReplSession {
  /// For a line with the cursor at a byte. The question's lines before it count, too.
  func completion(of line: String, at cursor: Int) -> Completion {
    if pendingText.isEmpty, line.hasPrefix(".") || line.hasPrefix("\\") {
      return commandCompletion(of: line, at: cursor)
    }
    let before = pendingText
    var found = languageCompletion(of: before + line, at: before.utf8.count + cursor)
    let shift = before.utf8.count
    found.span = Span(found.span.start - shift, found.span.end - shift)
    return found
  }

  private func languageCompletion(of text: String, at cursor: Int) -> Completion {
    // Without the kernel's events there are still functions and maps.
    guard var target = (try? input.target()) ?? (try? input.targetWithoutEvents()) else {
      return Completion(span: Span(cursor, cursor), candidates: [])
    }
    target.keptMaps = maps.shapes
    var found = Completion(of: text, at: cursor, for: target, isPrompt: true)
    if found.wantsFile { found = files(in: text, from: found.span.start, to: cursor) }
    return found
  }

  /// `.pr`, or the argument of a command.
  private func commandCompletion(of line: String, at cursor: Int) -> Completion {
    let text = String(decoding: Array(line.utf8).prefix(cursor), as: UTF8.self)
    guard let (command, _) = MetaCommand.parse(text), let blank = text.firstIndex(of: " ") else {
      return Completion(span: Span(0, cursor), candidates: commands(startingWith: text))
    }
    let start = text[text.index(after: blank)...]
    let word = start.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    let from = cursor - word.utf8.count
    return argumentCompletion(of: command.argument, String(word), from, text, cursor)
  }

  /// Behind the only one stands what it wants.
  private func commands(startingWith text: String) -> [Completion.Candidate] {
    let found = MetaCommand.all.filter { $0.name.hasPrefix(text) }
    let wantsMore = found.count == 1 && !found[0].usage.isEmpty
    return found.map {
      Completion.Candidate(
        $0.name + (wantsMore ? " " : ""), type: $0.usage, help: $0.summary)
    }
  }

  private func argumentCompletion(
    of argument: MetaCommand.Argument, _ word: String, _ start: Int, _ text: String, _ cursor: Int
  ) -> Completion {
    let span = Span(start, cursor)
    switch argument {
    case .nothing: return Completion(span: span, candidates: [])
    case .word(let words):
      return Completion(
        span: span,
        candidates: words.filter { $0.hasPrefix(word) }.map { Completion.Candidate($0) })
    case .map:
      let all = maps.shapes.map { Completion.Candidate("@" + $0.name, type: $0.description) }
      return Completion(span: span, candidates: all.filter { $0.text.hasPrefix(word) })
    case .file: return files(in: text, from: start, to: cursor)
    case .recipe: return Completion(span: span, candidates: recipes(startingWith: word))
    case .script:
      let all = recipes(startingWith: word) + files(in: text, from: start, to: cursor).candidates
      return Completion(span: span, candidates: all)
    case .event: return names(word, span, isPrompt: false)
    case .topic:
      var found = names(word, span, isPrompt: true)
      found.candidates = commands(startingWith: word) + found.candidates
      return found
    case .question:
      let blank = text.utf8.firstIndex(of: UInt8(ascii: " ")) ?? text.endIndex
      let shift = text.utf8.distance(from: text.startIndex, to: blank) + 1
      let question = String(decoding: text.utf8.dropFirst(shift), as: UTF8.self)
      var found = languageCompletion(of: question, at: cursor - shift)
      found.span = Span(found.span.start + shift, found.span.end + shift)
      return found
    }
  }

  /// Events; at a prompt functions and builtins, too.
  private func names(_ word: String, _ span: Span, isPrompt: Bool) -> Completion {
    guard let target = try? input.target() else { return Completion(span: span, candidates: []) }
    var found = Completion(of: word, at: word.utf8.count, for: target, isPrompt: isPrompt)
    found.span = span
    return found
  }

  private func recipes(startingWith word: String) -> [Completion.Candidate] {
    RecipeLibrary.all().filter { $0.name.hasPrefix(word) }.map {
      Completion.Candidate($0.name, help: $0.header.title)
    }
  }

  private func files(in text: String, from start: Int, to cursor: Int) -> Completion {
    let word = String(decoding: Array(text.utf8)[start..<cursor], as: UTF8.self)
    return Completion(
      span: Span(start, cursor),
      candidates: FileNames.startingWith(word).map { Completion.Candidate($0) })
  }
}
