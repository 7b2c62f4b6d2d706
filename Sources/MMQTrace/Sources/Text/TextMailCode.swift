// Text as raw mails have it, in quoted-printable: each `=` is `=3D` there.

internal import Glibc

/// Looks whether events have such values: read as they are they would be wrong, and look right.
struct TextMailCode {
  private var coded: UInt64 = 0
  private var plain: UInt64 = 0

  /// The text of an event; true if all its signs are coded.
  @inline(__always)
  mutating func take(_ text: TextSpan) -> Bool {
    guard let sign = text.find(UInt8(ascii: "=")) else { return false }
    guard text.end - sign > 3, sign[1] == UInt8(ascii: "3"), sign[2] == UInt8(ascii: "D"),
      isCoded(TextSpan(start: sign, end: text.end))
    else {
      plain += 1
      return false
    }
    coded += 1
    return true
  }

  private func isCoded(_ text: TextSpan) -> Bool {
    var rest = text
    while let sign = rest.find(UInt8(ascii: "=")) {
      guard TextMailCode.isCoded(sign, rest.end) else { return false }
      rest.start = sign + 1
    }
    return true
  }

  /// `=3D` before a value, `=20`, or the mark of a line that goes on. `id=3D ` may be a number.
  @inline(__always)
  private static func isCoded(_ sign: TextPointer, _ end: TextPointer) -> Bool {
    let rest = TextSpan(start: sign + 1, end: end)
    let isSign = rest.starts(with: "3D") && rest.count > 2 && !rest.start[2].isBlank
    return isSign || rest.starts(with: "20") || rest.trimmed.isEmpty
  }

  /// A name of a task may begin so in some lines; where the others are plain, it does.
  var problem: TraceError? {
    guard coded > plain else { return nil }
    return TraceError(
      "is text in quoted-printable, as raw mails are: perl -MMIME::QuotedPrint -pe '$_ = decode_qp($_)' FILE | "
        + "mmq -i - …")
  }
}
