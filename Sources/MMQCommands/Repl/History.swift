// What was asked in all sessions.

internal import Glibc

/// The history file: an entry a line, appended as it is asked, so that sessions side by side lose nothing.
/// New lines within an entry are written as byte 1, as psql does.
struct History {
  static let most = 2000
  private let path: String?

  init() { path = History.place }

  /// $MMQ_HISTORY, else mmq/history in the state directory; nil where none is wanted or to be had.
  private static var place: String? {
    if let own = Environment.first(of: "MMQ_HISTORY") { return own.isEmpty ? nil : own }
    let home = Environment.first(of: "HOME").map { $0 + "/.local/state" }
    let given = Environment.first(of: "XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (given ?? home).map { $0 + "/mmq/history" }
  }

  /// The entries, each where it was asked last. The file is put in that form, too.
  func load() -> [String] {
    guard let descriptor = open(creates: false) else { return [] }
    defer { close(descriptor) }
    let bytes = History.contents(descriptor)
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    var seen: Set<[UInt8]> = []
    let kept = Array(lines.reversed().filter { seen.insert($0).inserted }.prefix(History.most))
      .reversed()
    if kept.count < lines.count {
      History.rewrite(descriptor, kept.map { $0 + [10] }.flatMap { $0 })
    }
    return kept.map { line in
      String(decoding: line.map { $0 == 1 ? UInt8(ascii: "\n") : $0 }, as: UTF8.self)
    }
  }

  func append(_ entry: String) {
    guard let descriptor = open(creates: true) else { return }
    defer { close(descriptor) }
    let line = entry.utf8.map { $0 == UInt8(ascii: "\n") ? 1 : $0 } + [UInt8(ascii: "\n")]
    _ = line.withUnsafeBytes { FileWriting.write($0, to: descriptor) }
  }

  /// Locked until it is closed; nil where it cannot be had: a session goes without.
  private func open(creates: Bool) -> Int32? {
    guard let path else { return nil }
    if creates { makeDirectories(of: path) }
    let flags = O_RDWR | O_APPEND | O_CLOEXEC | (creates ? O_CREAT : 0)
    let descriptor = Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { return nil }
    flock(descriptor, LOCK_EX)
    return descriptor
  }

  private func makeDirectories(of path: String) {
    for index in path.indices.dropFirst() where path[index] == "/" {
      mkdir(String(path[..<index]), 0o700)
    }
  }

  private static func contents(_ descriptor: Int32) -> [UInt8] {
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return text }
      text += block[..<got]
    }
  }

  private static func rewrite(_ descriptor: Int32, _ bytes: [UInt8]) {
    guard ftruncate(descriptor, 0) == 0 else { return }
    _ = bytes.withUnsafeBytes { FileWriting.write($0, to: descriptor) }
  }
}
