// A selection that took no record: what there would have been.

internal import MMQ
internal import MMQTrace

enum EmptySelection {
  /// A sentence for each recording. Reads it once more: nothing was printed that anybody waits for.
  static func say(_ sources: [any TraceSource], _ recording: RecordingOptions) throws {
    let options = recording.selecting
    for input in sources.flatMap(\.inputs) {
      let verb = options.count == 1 ? "selects" : "select"
      var sentence = "\(options.joined(separator: " and ")) \(verb) no record of \(input.name)"
      // A pipe is gone.
      if input.canReadAgain {
        sentence += ": \(content(try Survey(input)))"
        if recording.p != nil { sentence += owners(of: input) }
      }
      Console.error("WARNING: \(sentence)")
    }
  }

  /// `it has 3164 records, from 30.165430000 to 30.206500000 s, of CPU 0-1`
  private static func content(_ survey: Survey) -> String {
    guard let first = survey.first, let last = survey.last else { return "it has no records" }
    let records = survey.streams.reduce(0) { $0 + $1.records }
    let buffers = Set(survey.streams.map(\.buffer)).sorted().map { "'\($0)'" }
    return
      "it has \(records) record\(records == 1 ? "" : "s"), from \(first.asSeconds) to \(last.asSeconds) s, "
      + "of CPU \(ranges(Set(survey.streams.filter { $0.records > 0 }.map(\.cpu))))"
      + (buffers.count > 1 ? ", of the buffers \(buffers.joined(separator: ", "))" : "")
  }

  private static func owners(of input: any TraceSource) -> String {
    "; mmq -i \(input.name) -e '*:* { @[pid, comm] = count(); }' tells whose they are"
  }

  /// `0-3,7`, as `--cpu` takes it.
  static func ranges(_ cpus: Set<UInt32>) -> String {
    var all: [ClosedRange<UInt32>] = []
    for cpu in cpus.sorted() {
      if let last = all.last, last.upperBound &+ 1 == cpu {
        all[all.count - 1] = last.lowerBound...cpu
      } else {
        all.append(cpu...cpu)
      }
    }
    return all.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}

extension RecordingOptions {
  /// The options that choose records, as they were given.
  var selecting: [String] {
    [
      ("--from", from != nil), ("--to", to != nil), ("--cpu", cpu != nil), ("-p", p != nil),
      ("--buffer", buffer != nil),
    ].filter(\.1).map(\.0)
  }
}
