// The words that a target knows, by kind.

internal import MMQLanguage
internal import MMQTrace

extension Target {
  typealias Candidate = Completion.Candidate

  // MARK: Attach points

  /// Systems first; events once the system is there, behind whatever stands before it.
  func attachPoints(startingWith word: String) -> [Candidate] {
    let provider = ["tracepoint:", "t:"].first { word.hasPrefix($0) } ?? ""
    let rest = word.dropFirst(provider.count)
    guard let colon = rest.firstIndex(of: ":") else {
      return systems(behind: provider) + (provider.isEmpty ? Target.otherProbes : [])
    }
    if rest.hasPrefix("interval:") { return Target.intervals }
    let system = rest[..<colon]
    return distinctSchemas.filter { $0.system == system }.sorted { $0.name < $1.name }.map {
      event in
      Candidate(
        "\(provider)\(event.fullName)", type: Target.counted(event.ownFields.count, "field"),
        help: event.ownFields.map(\.name).joined(separator: ", "))
    }
  }

  private func systems(behind provider: String) -> [Candidate] {
    Dictionary(grouping: distinctSchemas, by: \.system).sorted { $0.key < $1.key }.map {
      system, events in
      Candidate("\(provider)\(system):", type: Target.counted(events.count, "event"))
    }
  }

  private static let otherProbes = [
    Candidate("begin", help: "before the first event"),
    Candidate("end", help: "after the last event"),
    Candidate("interval:", help: "again and again, by the time of the events"),
    Candidate("self:signal:SIGUSR1", help: "live: when mmq gets this signal"),
    Candidate("tracepoint:", help: "an event; the word may be left out"),
  ]

  private static let intervals = [
    ("s", "seconds"), ("ms", "milliseconds"), ("us", "microseconds"), ("hz", "times a second"),
  ].map { Candidate("interval:\($0.0):", help: $0.1) }

  private static func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }

  // MARK: Fields and their values

  /// The events that some attach points mean.
  private func events(of attachPoints: [String]) -> [EventSchema] {
    let patterns = attachPoints.map { point in
      let name = ["tracepoint:", "t:"].first { point.hasPrefix($0) }.map {
        String(point.dropFirst($0.count))
      }
      return Glob(name ?? point)
    }
    return schemas.filter { event in patterns.contains { $0.matches(event.fullName) } }
  }

  /// The fields of the first event, then those that only others have.
  func fields(of attachPoints: [String]) -> [Candidate] {
    var seen: Set<String> = []
    return events(of: attachPoints).flatMap { event in
      event.ownFields.filter { seen.insert($0.name).inserted }.map { field in
        let names = event.symbols[field.name]?.names ?? []
        let more = names.count > Target.shownNames ? ", …" : ""
        return Candidate(
          field.name, type: field.typeText,
          help: names.prefix(Target.shownNames).joined(separator: ", ") + more)
      }
    }
  }

  private static let shownNames = 4

  /// The names that the values of a field have.
  func symbols(of field: String, in attachPoints: [String]) -> [Candidate] {
    var seen: Set<String> = []
    return events(of: attachPoints).compactMap { $0.symbols[field] }.flatMap { table in
      table.names.filter { seen.insert($0).inserted }.map { name in
        Candidate(name, type: table.value(named: name).map { "0x" + String($0, radix: 16) } ?? "")
      }
    }
  }

  // MARK: Names

  /// What may stand for a value or a statement.
  func names(isInEvent: Bool) -> [Candidate] {
    let aggregations = Aggregation.all.map {
      Candidate($0.name + "(", type: $0.signature, help: $0.summary)
    }
    let own = builtins.map { row in
      let isVariable = row.signature.hasPrefix(row.name + " ") || row.signature == row.name
      return Candidate(
        row.name + (isVariable ? "" : "("), type: row.signature, help: row.summary)
    }
    let args = isInEvent ? [Candidate("args.", help: "a field of the event")] : []
    let words = Keyword.allCases.map { Candidate($0.rawValue) }
    return (args + aggregations + own + words).sorted { $0.text < $1.text }
  }

  /// Maps of earlier runs with their types, and those that the text names.
  func maps(_ named: [String]) -> [Candidate] {
    let kept = keptMaps.map {
      Candidate("@" + $0.name, type: $0.description, help: "of an earlier run")
    }
    let others = named.filter { name in !kept.contains { $0.text == name } }
    return (kept + others.map { Candidate($0) }).sorted { $0.text < $1.text }
  }
}
