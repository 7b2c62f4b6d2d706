// Sizes on the command line.

internal import ArgumentParser
internal import MMQLanguage

/// `512K`, `16M`, `1G`; a plain number is kilobytes, as in `buffer_size_kb`.
struct RingSize: ExpressibleByArgument {
  let kilobytes: Int

  init?(argument: String) {
    // A kilobyte would be less than one sub-buffer.
    guard let number = Kilobytes.number(argument), number >= 4 else { return nil }
    kilobytes = number
  }
}

/// As above, of memory: a megabyte at least, which the smallest run takes.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    guard let number = Kilobytes.number(argument), number >= 1024, number < Int.max >> 10 else {
      return nil
    }
    bytes = number << 10
  }
}

/// `10s`, `500ms`, `2m`; a plain number is seconds.
struct TimeSpan: ExpressibleByArgument {
  let nanoseconds: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let suffix = argument.dropFirst(digits.count)
    guard let number = UInt64(digits), number > 0,
      let time = Durations.nanoseconds(number, suffix.isEmpty ? "s" : String(suffix))
    else { return nil }
    nanoseconds = time
  }
}

private enum Kilobytes {
  private static let units: [(suffix: String, kilobytes: Int)] = [
    ("k", 1), ("m", 1 << 10), ("g", 1 << 20),
  ]

  static func number(_ argument: String) -> Int? {
    let text = argument.lowercased()
    let unit = units.first { text.hasSuffix($0.suffix) }
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit?.kilobytes ?? 1)
    return overflow ? nil : product
  }
}
