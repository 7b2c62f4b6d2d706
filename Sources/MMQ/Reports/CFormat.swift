// Floats as the C library prints them.

internal import Glibc

enum CFormat {
  /// `%[flags][width][.precision]letter` of a double. A nan has no sign: which one a division gives is
  /// the processor's matter.
  static func float(
    _ value: Double, flags: String = "", width: Int? = nil, precision: Int? = nil, letter: String
  ) -> String {
    let format =
      "%" + flags + (width.map(String.init) ?? "") + (precision.map { ".\($0)" } ?? "") + letter
    return withVaList([value.isNaN ? Double.nan : value]) { arguments in
      var room = [CChar](repeating: 0, count: 512 + max(width ?? 0, precision ?? 0))
      let length = vsnprintf(&room, room.count, format, arguments)
      let kept = room.prefix(max(0, min(Int(length), room.count - 1)))
      return String(decoding: kept.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
