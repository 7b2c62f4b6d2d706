// Output of mmq in the form of the floors, so that the two can be compared.

import Foundation

enum OutputForm {
  /// One entry of a printed map, or one bucket of one of its histograms.
  struct Entry: Equatable {
    /// What stands in brackets; "" for a map without keys.
    var key: String
    /// The bucket as the floors number it; nil for a plain value.
    var bucket: Int?
    var value: String
  }

  /// Sorted lines of the result of a query with maps, from mmq's text. Lines that are neither an entry
  /// nor empty stay as they are: they make the results differ.
  static func lines(ofMaps text: String, _ query: Int) -> [String] {
    entries(text).map { entry in
      let bucket = entry.bucket.map { ["\($0)"] } ?? []
      return (key(entry.key, query) + bucket + [entry.value]).joined(separator: " ")
    }.sorted()
  }

  /// Sorted lines of what a floor prints.
  static func lines(ofFloor text: String) -> [String] {
    text.split(separator: "\n").map(String.init).sorted()
  }

  /// Q2 and Q5 have addresses as the first part of their keys: the floors print them in hex.
  private static func key(_ key: String, _ query: Int) -> [String] {
    guard !key.isEmpty else { return [] }
    guard query == 2 || query == 5 else { return [key] }
    var parts = key.components(separatedBy: ", ")
    if let address = UInt64(parts[0]) { parts[0] = String(address, radix: 16) }
    return parts
  }

  /// Maps as mmq prints them: `@[key]: value`, or `@[key]:` and the lines of a histogram.
  static func entries(_ text: String) -> [Entry] {
    var result: [Entry] = []
    var histogram: String?
    for line in text.split(separator: "\n") {
      if let key = histogram, let (bucket, count) = bucketLine(line) {
        if count != "0" { result.append(Entry(key: key, bucket: bucket, value: count)) }
      } else if let (key, value) = entryLine(line) {
        histogram = value.isEmpty ? key : nil
        if !value.isEmpty { result.append(Entry(key: key, value: value)) }
      } else {
        result.append(Entry(key: "", value: String(line)))
      }
    }
    return result
  }

  /// `@name[key]: value` and `@name: value`; the value is empty in front of a histogram.
  private static func entryLine(_ line: Substring) -> (key: String, value: String)? {
    guard line.hasPrefix("@") else { return nil }
    guard let open = line.firstIndex(of: "["), let close = line.range(of: "]:", options: .backwards)
    else {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return ("", trimmed(line[line.index(after: colon)...]))
    }
    return (
      String(line[line.index(after: open)..<close.lowerBound]), trimmed(line[close.upperBound...])
    )
  }

  /// `[4K, 8K)   12 |@@@   |`, `[0]   3 |…|`, `(..., 0)   1 |…|`.
  private static func bucketLine(_ line: Substring) -> (bucket: Int, count: String)? {
    guard line.hasPrefix("[") || line.hasPrefix("("), let bar = line.firstIndex(of: "|"),
      let close = line[..<bar].lastIndex(where: { $0 == ")" || $0 == "]" })
    else { return nil }
    let count = trimmed(line[line.index(after: close)..<bar])
    if line.hasPrefix("(") { return (0, count) }
    let low = line.dropFirst().prefix { $0 != "," && $0 != "]" }
    return lowerBound(low).map { (bucket(of: $0), count) }
  }

  /// 0 for what is negative, 1 for zero, n + 1 from 2^(n-1) on.
  private static func bucket(of value: UInt64) -> Int { 65 - value.leadingZeroBitCount }

  /// Numbers of buckets have units of 1024: `64M`.
  private static func lowerBound(_ text: Substring) -> UInt64? {
    guard let unit = Array("KMGTPE").firstIndex(where: { text.last == $0 }) else {
      return UInt64(text)
    }
    return UInt64(text.dropLast()).map { $0 << UInt64((unit + 1) * 10) }
  }

  private static func trimmed(_ text: Substring) -> String {
    text.trimmingCharacters(in: .whitespaces)
  }

  /// Printed lines without the empty ones before and behind them, which separate output from maps.
  static func printed(_ bytes: Data) -> Data {
    let newline = UInt8(ascii: "\n")
    let start = bytes.firstIndex { $0 != newline } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 != newline }.map { bytes.index(after: $0) } ?? start
    return bytes[start..<end]
  }

  /// What was counted in all: the sum of the last words of lines, or for Q6 the number of lines.
  static func total(_ lines: [some StringProtocol], _ query: Int) -> UInt64 {
    if query == 6 { return UInt64(lines.count) }
    return lines.reduce(0) { $0 + (UInt64($1.split(separator: " ").last ?? "") ?? 0) }
  }
}
