// The options of a run over the running kernel.

internal import ArgumentParser
internal import MMQ
internal import MMQTrace

struct LiveCommandOptions: ParsableArguments {
  @Option(
    name: .short,
    help: .init(
      "The ring of each CPU, such as 512K or 16M, at least 4K; else 8M, but in all at most 1/64 of the memory.",
      valueName: "size"))
  var b: RingSize?

  @Option(
    name: .short,
    help: .init(
      "Run this command, trace only it and what it starts, and end with it.", valueName: "command"))
  var c: String?

  @Option(
    help: .init("End after this time, such as 10s, 500ms or 2m.", valueName: "time"))
  var duration: TimeSpan?

  /// For those who suspect the mapping of rings, and for tests of the other way.
  @Flag(help: .init("Read the rings, even where the kernel can map them.", visibility: .hidden))
  var noMmap = false

  /// When what begins now ends.
  func end(from now: UInt64) -> UInt64 {
    guard let duration else { return .max }
    let (end, overflow) = now.addingReportingOverflow(duration.nanoseconds)
    return overflow ? .max : end
  }

  /// Throws a Stop for options that a recording has no use for.
  func checkRecording() throws {
    let problem =
      c != nil
      ? "-c runs live: leave -i out"
      : duration != nil ? "--duration is of live runs: of a recording, --to +10s takes a part" : nil
    if let problem { throw Stop(status: Stop.usageError, message: "mmq: \(problem)") }
  }

  /// The running kernel, with the formats that the script may want. A slip in the name of an event
  /// is told by all of them: then they are all read.
  /// `needsFilters`: what the kernel refuses to filter is an error.
  func source(
    for draft: Script, process: Int32?, _ flags: CommonFlags, maps: Bool = true,
    needsFilters: Bool = false, clock: String? = nil
  ) throws(TraceError) -> LiveSource {
    let writer = TracefsWriter(isPretending: flags.dryRun, record: flags.showStep)
    var options = LiveOptions(ringKilobytes: b?.kilobytes, writer: writer)
    options.process = process
    options.maps = maps && !noMmap
    options.needsFilters = needsFilters
    if let clock { options.clock = clock }
    let tracefs = try Tracefs(mountingFor: writer)
    let source = LiveSource(tracefs, options: options, wants: draft.mayWant)
    let isComplete = draft.isBound(to: source.schemas)
    return isComplete ? source : LiveSource(tracefs, options: options)
  }
}
