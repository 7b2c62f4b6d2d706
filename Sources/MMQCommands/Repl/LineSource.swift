// Where the lines of a session come from.

internal import CLinux
internal import Glibc

/// What reading a line gave.
enum ReplLine {
  case text(String)
  /// What was typed so far is void.
  case interrupted
  case end
}

protocol LineSource {
  /// `isContinued`: the line belongs to those before it.
  func next(isContinued: Bool) -> ReplLine
  /// A whole question, to be had again.
  func remember(_ question: String)
}

/// Standard input that is no terminal, or has none to answer on.
final class PlainLines: LineSource {
  private var buffer: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  private var isAtEnd = false

  func next(isContinued: Bool) -> ReplLine {
    while true {
      if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return .text(String(decoding: buffer[start..<end], as: UTF8.self))
      }
      buffer.removeFirst(start)
      start = 0
      if isAtEnd || !refill() {
        isAtEnd = true
        guard !buffer.isEmpty, !ReplSignals.endsSession else { return .end }
        defer { buffer = [] }
        return .text(String(decoding: buffer, as: UTF8.self))
      }
    }
  }

  func remember(_ question: String) {}

  /// False at the end, and when a signal asks to end.
  private func refill() -> Bool {
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while !ReplSignals.endsSession {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      if poll(&input, 1, -1) < 0 { continue }
      let got = read(STDIN_FILENO, &block, block.count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      buffer += block[..<got]
      return true
    }
    return false
  }
}
