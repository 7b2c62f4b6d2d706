// Numbers and tables as they are printed.

import Foundation

enum Text {
  /// 20008148 is "20.0".
  static func millions(_ count: UInt64) -> String { number(Double(count) / 1e6, 1) }

  static func number(_ value: Double?, _ digits: Int) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "—"
  }

  /// A ratio; bold if it is more than it may be.
  static func ratio(_ part: Double?, _ whole: Double?, atMost limit: Double?) -> String {
    guard let part, let whole, whole > 0 else { return "—" }
    let text = number(part / whole, 2)
    return part / whole > limit ?? .infinity ? "**\(text)**" : text
  }

  /// How often a time fits into another; bold if it is less often than it has to.
  static func times(_ whole: Double?, _ part: Double?, atLeast limit: Double) -> String {
    guard let part, let whole, part > 0 else { return "—" }
    let text = number(whole / part, 0)
    return whole / part < limit ? "**\(text)**" : text
  }

  /// Markdown.
  static func table(_ head: [String], _ rows: [[String]]) -> String {
    let rule = "|" + String(repeating: "---|", count: head.count)
    let lines = ([head] + rows).map { "| \($0.joined(separator: " | ")) |" }
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }
}
