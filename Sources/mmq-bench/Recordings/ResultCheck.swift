// Whether those that are compared in time have the same results.

import Foundation

struct ResultCheck {
  let field: BenchField
  let stopwatch: Stopwatch

  struct Findings {
    /// What differs, in sentences.
    var differences: [String] = []
    /// How many lines Q6 prints of the long recording.
    var linesOfQ6 = 0
  }

  func findings() throws -> Findings {
    let lines = try stopwatch.result(of: [field.programs.floors, "Q6", field.longSlab.path])
    return Findings(
      differences: try differences(),
      linesOfQ6: lines.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) })
  }

  private func differences() throws -> [String] {
    var result: [String] = []
    for query in BenchQuery.all {
      result += try compare(query, field.longSlab.path, floor: field.longSlab.path)
      result += try compareTools(query, field.shortSlab.path)
      result += try comparePerf(query)
    }
    for query in BenchField.packed {
      result += try compare(query, field.longReclaim.path, floor: field.plainReclaim.path)
      result += try compareTools(query, field.shortReclaim.path)
    }
    _ = try stopwatch.measure([field.programs.ownFloors, "zstd", field.longReclaim.path])
    return result
  }

  /// mmq, on one core and on all, against the floor.
  private func compare(_ query: BenchQuery, _ path: String, floor: String) throws -> [String] {
    let wanted = try stopwatch.result(of: [field.programs.floors, query.name, floor])
    return try [["-j", "1"], []].compactMap { options in
      let got = try stopwatch.result(of: field.mmq(query, path, options))
      guard !Self.isSame(got, wanted, query.number) else { return nil }
      let place = URL(fileURLWithPath: path).lastPathComponent
      return "\(query.name) \(options.joined(separator: " ")) of \(place) differs from the floor"
    }
  }

  static func isSame(_ got: Data, _ wanted: Data, _ query: Int) -> Bool {
    if query == 6 { return OutputForm.printed(got) == OutputForm.printed(wanted) }
    let lines = OutputForm.lines(ofFloor: String(decoding: wanted, as: UTF8.self))
    return lines == OutputForm.lines(ofMaps: String(decoding: got, as: UTF8.self), query)
  }

  /// Other tools print symbols and microseconds: what they count in all is compared.
  private func compareTools(_ query: BenchQuery, _ path: String) throws -> [String] {
    guard field.hasTraceCmd else { return [] }
    let wanted = try total(field.mmq(query, path), query, isOwn: true)
    let got = try total(field.traceCmdReport(query, path), query, isOwn: false)
    if got == wanted { return [] }
    return ["\(query.name): trace-cmd report counts \(got), mmq \(wanted)"]
  }

  /// Nothing else reads perf.data here: it only has to be something.
  private func comparePerf(_ query: BenchQuery) throws -> [String] {
    guard let perf = field.perf else { return [] }
    let got = try total(field.perfScript(query, perf.path), query, isOwn: false)
    return got > 0 ? [] : ["\(query.name): perf script counts nothing"]
  }

  private func total(_ command: [String], _ query: BenchQuery, isOwn: Bool) throws -> UInt64 {
    let text = String(
      decoding: OutputForm.printed(try stopwatch.result(of: command)), as: UTF8.self)
    if isOwn && query.number != 6 {
      return OutputForm.total(OutputForm.lines(ofMaps: text, query.number), query.number)
    }
    return OutputForm.total(text.split(separator: "\n"), query.number)
  }
}
