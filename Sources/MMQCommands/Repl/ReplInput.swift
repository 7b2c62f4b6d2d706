// What a session asks: one recording, opened once, or the running kernel.

internal import MMQ
internal import MMQLanguage
internal import MMQTrace

/// The source of the answers. Formats are read once, whatever is asked.
final class ReplInput {
  private(set) var recording: (any TraceSource)?
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
  init(_ path: String?, _ options: RecordingOptions, ringKilobytes: Int?) throws {
    self.options = options
    self.ringKilobytes = ringKilobytes
    traced = try path == nil ? options.runningProcess() : nil
    if let path { try open(path) }
  }

  /// `reclaim.dat: trace.dat version 7, zstd; Linux 6.1.0-53-amd64, 12 kinds of events`
  var description: String {
    guard let recording else { return "the running kernel" }
    let kernel = recording.machine.kernelRelease.map { "Linux \($0), " } ?? ""
    return "\(recording.name): \(recording.formatDescription); "
      + "\(kernel)\(recording.schemas.count) kinds of events"
  }

  /// Throws a Stop, and leaves all as it is, where it cannot be read.
  func open(_ path: String) throws {
    let source = try Recording.open(path, options.formats)
    let newOptions = try options.options(for: source)
    forget()
    (recording, knownOptions) = (source, newOptions)
    sayDamage(isQuiet: false)
  }

  func goLive() {
    forget()
    recording = nil
  }

  private func forget() {
    (knownTarget, knownOptions) = (nil, nil)
    saidDamage = []
  }

  /// The process that live questions are about has ended.
  var hasEnded: Bool { recording == nil && traced?.hasEnded == true }

  /// What programs are checked against. Throws a Stop where the kernel's events are not to be had.
  func target() throws -> Target {
    if let knownTarget { return knownTarget }
    var target = Target(try source()).trusted
    target.host.input = recording != nil ? .recording : .live
    target.host.seed = options.seed
    target.host.hasTracedReader =
      recording == nil && traced == nil && Console.outputIsRead
    knownTarget = target
    return target
  }

  /// As above for what wants no events: it needs no rights.
  func targetWithoutEvents() throws -> Target {
    if recording != nil || live != nil { return try target() }
    var target = Target(HostClock()).trusted
    target.host.input = .none
    target.host.seed = options.seed
    return target
  }

  /// For a run. Without events, the clock of the machine is enough.
  func source(wantsEvents: Bool) throws -> any TraceSource {
    if recording == nil, !wantsEvents { return HostClock() }
    return try source()
  }

  private func source() throws -> any TraceSource {
    if let recording { return recording }
    if let live { return live }
    let source = try Recording.attempt {
      var liveOptions = LiveOptions(ringKilobytes: ringKilobytes)
      liveOptions.process = traced?.id
      return LiveSource(try Tracefs(mountingFor: TracefsWriter()), options: liveOptions)
    }
    Survival(isPretending: false, record: { _ in }).prepare()
    live = source
    return source
  }

  func runOptions(for source: any TraceSource) throws -> RunOptions {
    if let knownOptions { return knownOptions }
    let runOptions = try options.options(for: source)
    knownOptions = runOptions
    return runOptions
  }

  /// What is damaged, each kind once: a second run finds it again.
  func sayDamage(isQuiet: Bool) {
    guard let source = recording ?? live else { return }
    let new = source.damage.findings.filter { saidDamage.insert($0.kind).inserted }
    Recording.report(new, of: source.name, isQuiet: isQuiet)
  }

  var hasDamage: Bool { (recording ?? live)?.damage.hasErrors == true }
}
