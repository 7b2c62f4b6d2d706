// `mmq info`: what a recording holds.

internal import ArgumentParser
internal import MMQ
internal import MMQTrace

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what recordings hold: kernel, clock, time, events, losses.")

  @Argument(help: "The recordings.", completion: .file())
  var files: [String] = []

  @Option(
    name: .shortAndLong, help: "A recording, as the other commands name it.", completion: .file())
  var input: [String] = []

  @OptionGroup var formats: FormatsOption

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(name: .shortAndLong, help: "How it is printed: text or json.")
  var format: Format = .text

  @OptionGroup var coloring: ColorOption

  func run() throws {
    let files = files + input
    guard !files.isEmpty else {
      throw Stop(status: Stop.usageError, message: "mmq: no recording: mmq info FILE")
    }
    let sources = try files.map { try Recording.open($0, formats) }
    for (index, source) in sources.enumerated() {
      if index > 0, format == .text { Console.print("\n") }
      try show(source)
    }
    if sources.areDamaged { throw Stop(status: Stop.dataError) }
  }

  private func show(_ source: any TraceSource) throws {
    let survey = try Survey(source)
    switch format {
    case .text: Console.print(header(source, survey) + events(survey))
    case .json: Console.print(survey.json(of: source))
    }
    Recording.report(source.damage, of: source.name, isQuiet: false)
  }

  private func header(_ source: any TraceSource, _ survey: Survey) -> String {
    let machine = source.machine
    var rows = [
      ("file", source.name), ("format", source.formatDescription),
      ("kernel", machine.uname ?? "not recorded"),
      ("machine", "\(machine.byteOrder)-endian, \(machine.longSize)-byte longs"),
      ("clock", clock(source.clock)),
    ]
    for stream in survey.streams {
      let buffer = stream.buffer.isEmpty ? "" : "buffer \(stream.buffer), "
      rows.append(("CPU \(stream.cpu)", "\(buffer)\(stream.records) records"))
    }
    if let first = survey.first, let last = survey.last {
      rows.append(
        ("time", "\(first.asSeconds) to \(last.asSeconds), \((last &- first).asSeconds) s"))
    }
    for loss in survey.losses { rows.append(("lost", LossText.line(loss))) }
    return rows.map { "\($0.0)".padded(to: 9) + $0.1 + "\n" }.joined()
  }

  private func clock(_ clock: TraceClock) -> String {
    let name = clock.name ?? "not recorded"
    if clock.cycles != nil { return "\(name), converted to nanoseconds" }
    return clock.isNanoseconds ? "\(name), nanoseconds" : "\(name), not nanoseconds"
  }

  private func events(_ survey: Survey) -> String {
    let rows = survey.events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let total = rows.reduce(0) { $0 + $1.value }
    let width = String(total).count
    return "\n" + rows.map { "\("\($0.value)".padded(from: width))  \($0.key)\n" }.joined()
      + "\("\(total)".padded(from: width))  in all\n"
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  func padded(from width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
