// Sizes in words.

/// Numbers of bytes for people.
public enum ByteCount {
  /// Bytes as messages have them: in the largest unit from kB to GB that leaves a whole number.
  public static func text(_ bytes: Int) -> String {
    let kilobytes = bytes >> 10
    if kilobytes > 0, kilobytes % (1 << 20) == 0 { return "\(kilobytes >> 20) GB" }
    return kilobytes > 0 && kilobytes % 1024 == 0 ? "\(kilobytes >> 10) MB" : "\(kilobytes) kB"
  }
}
