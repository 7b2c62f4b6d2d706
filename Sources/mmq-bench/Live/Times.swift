// Nanoseconds a fault, by tool and query, and the table of them.

import Foundation

struct Times {
  private var times: [String: [Double]] = [:]

  mutating func add(_ tool: String, _ query: String, _ time: Double) {
    times["\(tool)/\(query)", default: []].append(time)
  }

  private func median(_ tool: String, _ query: String) -> Double {
    let all = (times["\(tool)/\(query)"] ?? []).sorted()
    return all.isEmpty ? 0 : all[all.count / 2]
  }

  /// Markdown. The last columns are ratios of what is added.
  func table(tools: [String]) -> String {
    let base = median("nothing", "")
    var lines = ["a page fault that nobody traces: \(Int(base)) ns", ""]
    lines.append(
      "| added to it, ns | \(tools.joined(separator: " | ")) | mmq : bpftrace | mmq : ring alone |")
    lines.append("|" + String(repeating: "---|", count: tools.count + 3))
    for query in LiveQuery.all {
      let added = Dictionary(
        uniqueKeysWithValues: tools.map { ($0, median($0, query.name) - base) })
      let cells = tools.map { String(Int(added[$0]!)) }
      let ratios = ["bpftrace", "ring alone"].map { ratio(added["mmq"], added[$0]) }
      lines.append("| `\(query.name)` | \((cells + ratios).joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func ratio(_ part: Double?, _ whole: Double?) -> String {
    guard let part, let whole, whole > 0 else { return "—" }
    return String(format: "%.2f", part / whole)
  }
}
