// A session: lines in, answers out. It knows nothing of terminals.

internal import MMQ
internal import MMQLanguage

/// Takes lines one by one. A question may have several; it is answered as soon as it is whole. What is
/// wrong with one question is said, and the session goes on.
final class ReplSession {
  let input: ReplInput
  var settings: ReplSettings
  /// The maps of the runs so far.
  var maps = KeptMaps()
  /// The lines of the question that is not whole yet.
  private var pending: [String] = []
  /// The last program, statement or expression.
  var lastQuestion: String?
  /// Whole questions and commands, in order.
  private(set) var asked: [String] = []
  /// The status of the first question that failed; 0 where there is somebody who saw it.
  private(set) var status: Int32 = 0
  var isOver = false
  /// How deep .read is within .read.
  private var depth = 0
  private var lines: (any LineSource)?

  init(_ input: ReplInput, _ settings: ReplSettings) {
    self.input = input
    self.settings = settings
  }

  /// The text of the question so far.
  var pendingText: String { pending.map { $0 + "\n" }.joined() }

  /// The questions that .history shows: those of this session alone.
  static let mostAsked = 10_000

  func greet() {
    guard settings.isInteractive, !settings.isQuiet else { return }
    Console.error("\(MMQCommand.version), \(input.description). .help tells what can be asked.")
  }

  /// Reads to the end of the lines, or to .quit.
  func readAll(_ lines: any LineSource) {
    self.lines = lines
    while !isOver, !ReplSignals.endsSession {
      switch lines.next(isContinued: !pending.isEmpty) {
      case .text(let text): take(text)
      case .interrupted: pending = []
      case .end:
        answerPending()
        isOver = true
      }
    }
  }

  /// One line, or several of a paste.
  func take(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !isOver {
      takeLine(String(line))
    }
  }

  private func takeLine(_ line: String) {
    if pending.isEmpty {
      let words = line.trimmingBlanks
      if words.isEmpty { return }
      if let (command, argument) = MetaCommand.parse(words) {
        note(words)
        return attempt { try command.run(self, argument) }
      }
    }
    pending.append(line)
    if !Parser.isOpen(Source(name: "stdin", pendingText)) { answerPending() }
  }

  /// The question as it is, whole or not.
  private func answerPending() {
    guard !pending.isEmpty else { return }
    let question = pending.joined(separator: "\n")
    pending = []
    note(question)
    lastQuestion = question
    attempt { try ask(question) }
  }

  /// The lines of a file, as if they were typed; relative names in it are those of the session.
  func read(_ text: String) throws {
    guard depth < 10 else {
      throw Stop(status: Stop.usageError, message: "mmq: .read is within .read too often")
    }
    depth += 1
    defer { depth -= 1 }
    take(text)
    answerPending()
  }

  /// What is read from a file needs not be typed again.
  private func note(_ question: String) {
    guard depth == 0 else { return }
    lines?.remember(question)
    asked.append(question)
    if asked.count > ReplSession.mostAsked { asked.removeFirst(ReplSession.mostAsked / 10) }
  }

  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch let stop as Stop {
      if let message = stop.message { Console.error(message) }
      if status == 0, !settings.isInteractive { status = stop.status }
    } catch {
      Console.error("mmq: \(error)")
    }
    ReplSignals.takeInterrupt()
  }
}

extension String {
  /// Without blanks at its ends.
  var trimmingBlanks: String {
    let blanks: Set<Character> = [" ", "\t", "\r", "\n"]
    let front = drop { blanks.contains($0) }
    guard let last = front.lastIndex(where: { !blanks.contains($0) }) else { return "" }
    return String(front[...last])
  }
}
