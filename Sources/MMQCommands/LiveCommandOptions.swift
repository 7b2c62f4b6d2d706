// The options of a run over the running kernel.

internal import ArgumentParser
internal import MMQ
internal import MMQTrace

struct LiveCommandOptions: ParsableArguments {
  @Option(
    name: .short,
    help: .init(
      "The ring of each CPU, such as 512K or 16M; else 8M, but in all at most 1/64 of the memory.",
      valueName: "size"))
  var b: RingSize?

  @Option(
    name: .short,
    help: .init(
      "Run this command, trace only it and what it starts, and end with it.", valueName: "command"))
  var c: String?

  @Option(
    name: .customLong("map-memory"),
    help: .init(
      "Memory of all maps and strings, such as 64M; else live 256M, but at most 1/16 of the memory.",
      valueName: "size"))
  var mapMemory: MemorySize?

  /// For those who suspect the mapping of rings, and for tests of the other way.
  @Flag(help: .init("Read the rings, even where the kernel can map them.", visibility: .hidden))
  var noMmap = false

  /// What a run does so that it outlives a shortage of memory. Last, when nothing can go wrong any more.
  /// `mapMemory`: bytes that its maps may take, where it has any.
  static func prepare(showsChanges: Bool, isPretending: Bool, mapMemory: Int? = nil) {
    let record = steps(showsChanges: showsChanges, isPretending: isPretending)
    if let mapMemory { record("# maps and strings: at most \(RunOptions.sizeText(mapMemory))") }
    Survival(isPretending: isPretending, record: record).prepare()
  }

  /// Steps are the output of a dry run, and remarks of a real one.
  private static func steps(showsChanges: Bool, isPretending: Bool) -> (String) -> Void {
    { step in
      guard showsChanges else { return }
      if isPretending { Console.print(step + "\n") } else { Console.error(step) }
    }
  }

  /// The running kernel, with the formats that the script may want. A slip in the name of an event
  /// is told by all of them: then they are all read.
  func source(
    for draft: Script, process: Int32?, showsChanges: Bool, isPretending: Bool, maps: Bool = true
  ) throws(TraceError) -> LiveSource {
    let writer = TracefsWriter(
      isPretending: isPretending,
      record: LiveCommandOptions.steps(showsChanges: showsChanges, isPretending: isPretending))
    var options = LiveOptions(ringKilobytes: b?.kilobytes, writer: writer)
    options.process = process
    options.maps = maps && !noMmap
    let tracefs = try Tracefs(mountingFor: writer)
    let source = LiveSource(tracefs, options: options, wants: draft.mayWant)
    let isComplete = draft.isBound(to: source.schemas)
    return isComplete ? source : LiveSource(tracefs, options: options)
  }
}

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
