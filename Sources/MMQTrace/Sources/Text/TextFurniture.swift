// Lines that are no events: headers, losses, stacks.

/// What a line is that no event is in.
enum TextFurniture: Equatable {
  /// Says nothing that mmq needs.
  case known
  /// Events that were lost just here.
  case lost(TextLoss)
  /// No line that any of these programs writes.
  case unknown

  init(_ line: TextSpan) {
    let line = line.unquoted
    let text = line.trimmed
    if text.isEmpty {
      self = .known
    } else if text.start.pointee == UInt8(ascii: "#") {
      self = TextFurniture.header(text)
    } else if text.starts(with: "CPU:") {
      self = TextFurniture.loss(text) ?? .unknown
    } else {
      self = TextFurniture.isKnown(line, text) ? .known : .unknown
    }
  }

  /// A frame of a stack, in whoever's form; what trace-cmd report begins with; what surrounds a
  /// buffer in a kernel log.
  private static func isKnown(_ line: TextSpan, _ text: TextSpan) -> Bool {
    if text.starts(with: "=> ") || line.start.pointee == 9 { return true }
    for start: StaticString in ["cpus=", "version = ", "Dumping ftrace buffer:", "------"]
    where text.starts(with: start) { return true }
    if text.starts(with: "CPU "), text.find(" is empty") != nil { return true }
    return isFrame(text)
  }

  /// perf's `ffffffff960f7246 symbol+0x66 (object)`, if the indentation was lost.
  private static func isFrame(_ text: TextSpan) -> Bool {
    var cursor = TextCursor(text)
    return cursor.digits(shift: 4) != nil && cursor.take(0x20) && text.end[-1] == UInt8(ascii: ")")
  }

  /// `# entries-in-buffer/entries-written: 476/18319   #P:2`, or `#3164/3164` of a latency tracer: what the ring
  /// has no more is lost before the first line.
  private static func header(_ text: TextSpan) -> TextFurniture {
    var cursor = TextCursor(text)
    if let title = text.find("entries-written:") {
      cursor.at = title + "entries-written:".utf8.count
      cursor.skipBlanks()
    } else if let title = text.find(" us, #") {
      cursor.at = title + " us, #".utf8.count
    } else {
      return .known
    }
    guard let kept = cursor.number(), cursor.take(UInt8(ascii: "/")), let all = cursor.number()
    else {
      return .known
    }
    return all > kept ? .lost(TextLoss(cpu: .max, events: all - kept)) : .known
  }

  /// `CPU:0 [LOST 18032 EVENTS]`, `CPU:0 [17 EVENTS DROPPED]`; without a number where nobody counted.
  private static func loss(_ text: TextSpan) -> TextFurniture? {
    guard let open = text.find(UInt8(ascii: "[")), text.find("EVENTS") != nil,
      text.find("LOST") != nil || text.find("DROPPED") != nil
    else { return nil }
    var number = TextCursor(text.start + 4, text.end)
    let cpu = number.number().flatMap { UInt32(exactly: $0) } ?? .max
    var cursor = TextCursor(open + 1, text.end)
    while !cursor.isAtEnd, !cursor.at.pointee.isDigit { cursor.at += 1 }
    return .lost(TextLoss(cpu: cpu, events: cursor.number()))
  }
}

extension TextSpan {
  /// Bytes that nobody typed: a file has them where it was never written, and they may stand for whole lines.
  var hasZeros: Bool { find(UInt8(0)) != nil }

  /// Of a line that is no event's: a time as traces have it. Prose around a log has none, and takes nothing from
  /// the answer.
  var mayBeBrokenEvent: Bool {
    let line = unquoted
    var rest = TextSpan(start: line.start, end: min(line.end, line.start + 160))
    while let point = rest.find(UInt8(ascii: ".")) {
      rest.start = point + 1
      guard point > line.start, point[-1].isDigit else { continue }
      var cursor = TextCursor(rest.start, line.end)
      while !cursor.isAtEnd, cursor.at.pointee.isDigit { cursor.at += 1 }
      if cursor.at - rest.start >= 6, cursor.take(UInt8(ascii: ":")) { return true }
    }
    return false
  }
}

/// Lost events that a line tells of.
struct TextLoss: Equatable {
  /// `.max`: of all CPUs together.
  var cpu: UInt32
  /// nil where nobody knows how many.
  var events: UInt64?
}
