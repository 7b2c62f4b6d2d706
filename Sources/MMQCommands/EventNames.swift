// The words of `mmq events` and `mmq record`: attach points of scripts, without a script.

internal import MMQ
internal import MMQLanguage
internal import MMQTrace

enum EventNames {
  /// Throws a Stop where a word is no attach point: a program, or a piece of one.
  static func check(_ words: [String], of command: String) throws {
    for word in words where !isName(word) {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: '\(word)' is no event: \(command) takes names such as kmem:mm_page_alloc, "
          + "vmscan:* and tracepoint:oom:mark_victim")
    }
  }

  /// It has no other characters than attach points have, and some.
  static func isName(_ word: String) -> Bool {
    !word.isEmpty && word.allSatisfy(isOfAttachPoint)
  }

  private static func isOfAttachPoint(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_:*[]-.+!@?,".contains(character)
  }

  /// A script that prints these events.
  static func probes(_ words: [String]) throws -> Source {
    if let (name, predicate) = predicate(in: words.joined(separator: " ")) {
      throw Stop(
        status: Stop.usageError,
        message:
          "mmq: \(name) /\(predicate)/ is no event: events takes names; a script takes predicates: "
          + "mmq -e '\(name) if (\(predicate))'")
    }
    try check(words, of: "events")
    return Source(name: "events", words.joined(separator: ", ") + ";")
  }

  /// `name /predicate/`, as record takes it.
  private static func predicate(in text: String) -> (name: Substring, predicate: String)? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].last == "/",
      let name = parts[0].split(separator: " ").last, isName(String(name))
    else { return nil }
    let predicate = parts[1].dropLast().split(separator: " ").joined(separator: " ")
    return predicate.isEmpty ? nil : (name, predicate)
  }

  /// Several words may name the same event, which is printed once.
  static func withoutRepeats(_ script: Script, for target: Target) -> Script {
    let plan = script.plan()
    guard plan.probes.count > 1 else { return script }
    return Script(
      Source(name: "events", plan.events.joined(separator: ", ") + ";"), for: target)
  }
}
