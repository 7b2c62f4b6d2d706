// What a session asks: recordings, opened once, or the running kernel.

internal import MMQ
internal import MMQLanguage
internal import MMQTrace

/// The source of the answers. Formats are read once, whatever is asked.
final class ReplInput {
  /// What one run reads, source after source; none for the running kernel.
  private(set) var recordings: [any TraceSource] = []
  private var live: LiveSource?
  private let options: RecordingOptions
  private let ringKilobytes: Int?
  /// Of the source at hand.
  private var knownTarget: Target?
  private var knownOptions: RunOptions?
  private let traced: TracedProcess?
  /// Kinds of damage that were said.
  private var saidDamage: Set<String> = []

  /// Opens the recording; nil is the running kernel, which is looked at when it is first asked for.
  init(_ paths: [String], _ options: RecordingOptions, ringKilobytes: Int?) throws {
    self.options = options
    self.ringKilobytes = ringKilobytes
    traced = try paths.isEmpty ? options.runningProcess() : nil
    if !paths.isEmpty { try open(paths) }
  }

  /// `reclaim.dat: trace.dat version 7, zstd; Linux 6.1.0-53-amd64, 12 kinds of events`
  var description: String {
    if recordings.isEmpty { return "the running kernel" }
    return recordings.map { recording in
      let kernel = recording.machine.kernelRelease.map { "Linux \($0), " } ?? ""
      return "\(recording.name): \(recording.formatDescription); "
        + "\(kernel)\(recording.schemas.count) kinds of events"
    }.joined(separator: "; then ")
  }

  /// Throws a Stop, and leaves all as it is, where it cannot be read.
  func open(_ paths: [String]) throws {
    let sources = try Recording.open(paths, options.formats)
    let newOptions = try options.options(for: sources)
    forget()
    (recordings, knownOptions) = (sources, newOptions)
    sayDamage(isQuiet: false)
  }

  func goLive() {
    forget()
    recordings = []
  }

  private func forget() {
    (knownTarget, knownOptions) = (nil, nil)
    saidDamage = []
  }

  /// The process that live questions are about has ended.
  var hasEnded: Bool { recordings.isEmpty && traced?.hasEnded == true }

  /// What programs are checked against. Throws a Stop where the kernel's events are not to be had.
  func target() throws -> Target {
    if let knownTarget { return knownTarget }
    var target = Target(try sources()).trusted
    target.host.input = recordings.isEmpty ? .live : .recording
    target.host.seed = options.seed
    target.host.hasTracedReader =
      recordings.isEmpty && traced == nil && Console.outputIsRead
    knownTarget = target
    return target
  }

  /// As above for what wants no events: it needs no rights.
  func targetWithoutEvents() throws -> Target {
    if !recordings.isEmpty || live != nil { return try target() }
    var target = Target(HostClock()).trusted
    target.host.input = .none
    target.host.seed = options.seed
    return target
  }

  /// For a run. Without events, the clock of the machine is enough.
  func sources(wantsEvents: Bool) throws -> [any TraceSource] {
    if recordings.isEmpty, !wantsEvents { return [HostClock()] }
    return try sources()
  }

  private func sources() throws -> [any TraceSource] {
    if !recordings.isEmpty { return recordings }
    if let live { return [live] }
    let source = try Recording.attempt {
      var liveOptions = LiveOptions(ringKilobytes: ringKilobytes)
      liveOptions.process = traced?.id
      return LiveSource(try Tracefs(mountingFor: TracefsWriter()), options: liveOptions)
    }
    Survival(isPretending: false, record: { _ in }).prepare()
    live = source
    return [source]
  }

  func runOptions(for sources: [any TraceSource]) throws -> RunOptions {
    if let knownOptions { return knownOptions }
    let runOptions = try options.options(for: sources)
    knownOptions = runOptions
    return runOptions
  }

  /// What is damaged, each kind once: a second run finds it again.
  func sayDamage(isQuiet: Bool) {
    for input in asked.flatMap(\.inputs) {
      let new = input.damage.findings.filter {
        saidDamage.insert("\(input.name): \($0.kind)").inserted
      }
      Recording.report(new, of: input.name, isQuiet: isQuiet)
    }
  }

  var hasDamage: Bool { asked.areDamaged }

  /// What was opened so far.
  private var asked: [any TraceSource] {
    recordings.isEmpty ? live.map { [$0] } ?? [] : recordings
  }
}
