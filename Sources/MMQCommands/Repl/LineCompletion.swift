// What Tab does.

internal import CReadline
internal import Glibc
internal import MMQ
internal import MMQLanguage

/// Readline's hooks are C functions, and know no session.
enum LineCompletion {
  nonisolated(unsafe) static weak var session: ReplSession?
  /// What the second Tab lists.
  nonisolated(unsafe) private static var found: [Completion.Candidate] = []

  static let complete: creadline_completer = { line, cursor in
    guard let session, let line else { return nil }
    let text = String(cString: line)
    let completion = session.completion(of: text, at: Int(cursor))
    found = completion.candidates
    return lines(text, completion)
  }

  static let list: creadline_lister = { Console.print(CandidateList.text(found)) }

  /// Each candidate in its line, up to the cursor; before them what they have in common.
  private static func lines(
    _ text: String, _ completion: Completion
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    guard let first = completion.candidates.first else { return nil }
    let start = String(decoding: Array(text.utf8).prefix(completion.span.start), as: UTF8.self)
    let words = completion.candidates.map(\.text)
    let common = words.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1) }
    let all = words.count == 1 ? [common] : [common] + words
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>(
      OpaquePointer(malloc((all.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride)))
    for (index, word) in all.enumerated() { array?[index] = strdup(start + word) }
    array?[all.count] = nil
    return array
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

/// Candidates as a table: name, type, help.
enum CandidateList {
  private static let most = 60

  static func text(_ all: [Completion.Candidate]) -> String {
    var (rows, columns): (Int32, Int32) = (24, 80)
    creadline_size(&rows, &columns)
    let shown = all.prefix(most)
    let name = (shown.map(\.text.count).max() ?? 0) + 2
    let type = min(40, (shown.map(\.type.count).max() ?? 0) + 2)
    let lines = shown.map { candidate in
      // A type that is longer than its column needs a gap of its own.
      let gap = candidate.type.count >= type ? "  " : ""
      let line =
        candidate.text.padded(to: name) + candidate.type.padded(to: type) + gap + candidate.help
      return String(line.prefix(max(20, Int(columns) - 1))).trimmingBlanks + "\n"
    }
    return lines.joined() + (all.count > most ? "… \(all.count - most) more\n" : "")
  }
}
