// The real program on a pseudo-terminal.

import CTerminal
import Foundation
import MMQTestSupport
import Testing

/// mmq with a terminal of its own: what is typed, and what it shows.
final class Terminal {
  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  /// -1 when it is closed: its number may by then be that of another test's file.
  private var master: Int32
  let pid: pid_t
  /// Everything that was shown, without what moves the cursor, and how much of it was looked at.
  private(set) var shown: [UInt8] = []
  private var seen = 0
  /// Escape sequences that set a colour.
  private(set) var colors = 0
  /// The start of an escape sequence whose end has not come.
  private var escape: [UInt8] = []
  private var status: Int32?

  /// The build put it beside the tests; $MMQ_LIVE names another one.
  static let mmq: String = {
    if let given = ProcessInfo.processInfo.environment["MMQ_LIVE"] { return given }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let own = URL(fileURLWithPath: link ?? "/").deletingLastPathComponent().path
    let places = ["\(own)/mmq", "\(Places.package)/.build/debug/mmq"]
    return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "mmq"
  }()

  /// Without a history file unless the environment names one. `program`: another one than mmq.
  init(
    _ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 160,
    program: String = Terminal.mmq
  ) throws {
    var all = ["TERM": "xterm", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "MMQ_HISTORY": ""]
    all["INPUTRC"] = "/dev/null"
    all.merge(environment) { $1 }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var side: Int32 = -1
    pid = cterminal_start(words, variables, 50, columns, &side)
    master = side
    if pid < 0 { throw Missing(description: "no terminal: \(String(cString: strerror(errno)))") }
  }

  deinit {
    hangUp()
    if status == nil, pid > 0 {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
  }

  func resize(rows: UInt16, columns: UInt16) { cterminal_resize(master, rows, columns) }

  /// Types; the terminal takes large texts piece by piece.
  func type(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      var room = pollfd(fd: master, events: Int16(POLLOUT | POLLIN), revents: 0)
      poll(&room, 1, 1000)
      if room.revents & Int16(POLLIN) != 0 { _ = readSome(0) }
      guard room.revents & Int16(POLLOUT) != 0 else { continue }
      let sent = Array(rest.prefix(256)).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if sent > 0 { rest = rest.dropFirst(sent) } else { return }
    }
  }

  func enter(_ line: String) { type(line + "\r") }

  /// As a terminal sends what is pasted.
  func paste(_ text: String) { type("\u{1b}[200~" + text + "\u{1b}[201~") }

  /// Closes it, as when a connection breaks.
  func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }

  /// Waits until a text is shown behind what was seen so far; what came before it.
  @discardableResult
  func expect(
    _ text: String, seconds: Double = 240, at location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let wanted = Array(text.utf8)
    let end = ContinuousClock.now + .seconds(seconds)
    var searched = seen
    while true {
      if let place = Terminal.find(wanted, in: shown, from: searched) {
        defer { seen = place + wanted.count }
        return String(decoding: shown[seen..<place], as: UTF8.self)
      }
      searched = max(seen, shown.count - wanted.count)
      guard ContinuousClock.now < end, readSome(200) else {
        let rest = String(decoding: shown[seen...].suffix(600), as: UTF8.self)
        let problem = "'\(text)' is not shown; what is: \(rest.debugDescription)"
        throw Missing(description: "line \(location.line): \(problem)")
      }
    }
  }

  /// What was seen needs not be kept.
  func forget() {
    shown.removeFirst(seen)
    seen = 0
  }

  /// Memory that the program has, without what it shares with its file.
  var megabytes: Double {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
    let words = text.split(separator: " ").compactMap { Double($0) }
    return words.count > 2 ? (words[1] - words[2]) * Double(getpagesize()) / 1e6 : 0
  }

  private static func find(_ wanted: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard text.count - start >= wanted.count else { return nil }
    return (start...text.count - wanted.count).first { text[$0...].starts(with: wanted) }
  }

  /// False when the program has closed the terminal.
  private func readSome(_ milliseconds: Int32) -> Bool {
    var input = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, milliseconds) > 0 else { return true }
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let got = read(master, &block, block.count)
    guard got > 0 else { return false }
    for byte in block[..<got] { show(byte) }
    return true
  }

  /// Leaves out `ESC [ … letter` and carriage returns.
  private func show(_ byte: UInt8) {
    let isStart = byte == 0x1b
    if isStart || !escape.isEmpty {
      escape = isStart ? [byte] : escape + [byte]
      let isEnd = escape.count > 2 && (0x40...0x7e).contains(byte)
      if isEnd, byte == UInt8(ascii: "m") { colors += 1 }
      if isEnd || escape.count == 2 && byte != UInt8(ascii: "[") { escape = [] }
    } else if byte != 13 {
      shown.append(byte)
    }
  }

  /// Waits for its end; its exit code, or minus the signal.
  func end(seconds: Double = 240) throws -> Int32 {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
      var word: Int32 = 0
      if waitpid(pid, &word, WNOHANG) == pid {
        let code = word & 0x7f == 0 ? (word >> 8) & 0xff : -(word & 0x7f)
        status = code
        return code
      }
      if !readSome(20) { usleep(20_000) }
    }
    throw Missing(description: "mmq does not end")
  }
}
