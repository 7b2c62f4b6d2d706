// What a file is that was named in the place of another: a recording as a script, or as a word of one.

internal import Glibc
internal import MMQ
internal import MMQTrace

enum FileKind {
  case text
  case recording
  case state
  case other

  /// By its first bytes; nil for what is no regular file, or cannot be read.
  init?(of path: String) {
    guard let head = FileKind.head(of: path) else { return nil }
    let isText = head.isEmpty || head.withUnsafeBytes(TextSource.recognises)
    let isKnown = SourceFormat.all.contains { head.withUnsafeBytes($0.recognise) }
    if head.starts(with: SavedState.magic) {
      self = .state
    } else if isText {
      // Text is known by its lines, and a script is text, too: only ftrace's own has a head.
      self = head.starts(with: Array("# tracer: ".utf8)) ? .recording : .text
    } else {
      self = isKnown ? .recording : .other
    }
  }

  /// Throws a Stop for a file that is no script.
  static func checkScript(_ path: String) throws {
    let advice: String
    switch FileKind(of: path) {
    case nil, .text: return
    case .recording:
      advice =
        "is a recording, no script: mmq -e 'PROGRAM' -i \(path) asks it, mmq info \(path) tells of it"
    case .state: advice = "is a state of mmq, no script: mmq merge \(path) shows it"
    case .other: advice = "is no script: it is no text"
    }
    throw Stop(status: Stop.usageError, message: "mmq: \(path) \(advice)")
  }

  /// Throws a Stop where a word is a recording that `-i` was forgotten for, as the second one of `-i *.dat`.
  static func checkWords(_ words: [String]) throws {
    for word in words where FileKind(of: word) == .recording {
      throw Stop(
        status: Stop.usageError, message: "mmq: \(word) is a recording: name it with -i \(word)")
    }
  }

  /// Nothing is read from a pipe: its bytes come only once.
  private static func head(of path: String) -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var head = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &head, head.count)
    return count < 0 ? nil : Array(head.prefix(count))
  }
}
