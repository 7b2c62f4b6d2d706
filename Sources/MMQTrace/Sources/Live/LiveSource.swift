// The running kernel as a source: an instance of tracefs with the events that a script wants.

internal import CLinux
internal import Glibc

/// Reads the running kernel's events. Nothing of the kernel changes before `attach`, and nothing is
/// left changed after `detach`: all is done in an instance of its own.
public final class LiveSource: LiveTraceSource {
  public let name = "this machine"
  public let formatDescription = "live"
  public let machine = TracedMachine.host
  public let schemas: [EventSchema]
  public let clock: TraceClock
  public let damage: DamageLog
  public let isLive = true

  /// The most events that a run may enable.
  public static let mostEvents = 1024

  let tracefs: Tracefs
  private let options: LiveOptions
  private(set) var instance: LiveInstance?
  private var streams: [any LivePageStream] = []
  /// Events whose filters the kernel did not take: all of their records come.
  public private(set) var refusedFilters: [String] = []

  /// Reads the formats of those events that `wants` says yes to, by system and name.
  public init(
    _ tracefs: Tracefs, options: LiveOptions = LiveOptions(),
    wants: (_ system: String, _ name: String) -> Bool = { _, _ in true }
  ) {
    self.tracefs = tracefs
    self.options = options
    clock = TraceClock(name: options.clock)
    let damage = DamageLog()
    schemas = tracefs.schemas(damage) {
      let name = "\($0):\($1)"
      return wants($0, $1) || LiveSource.taskEvents.contains(name) || name == StackLayout.event
    }
    self.damage = damage
  }

  deinit { detach() }

  /// Events that tell of tasks' names, processes and ends (include/trace/events/task.h, sched.h).
  public static let taskEvents: Set<String> = [
    "task:task_newtask", "task:task_rename", "sched:sched_process_exec",
    "sched:sched_process_free",
  ]

  public var savedComms: [(tid: Int32, comm: String)] { ProcTasks.comms() }
  public var savedGroups: [(thread: Int32, process: Int32)] { ProcTasks.groups() }

  public func comm(of thread: Int32) -> [UInt8]? { ProcTasks.comm(of: thread) }

  public func kernelSymbols() -> KernelSymbols { .ofThisMachine }

  public func openStreams() -> [any PageStream] { streams }

  public func attach(_ events: LiveEvents) throws(TraceError) {
    let count = events.all.count
    guard count <= LiveSource.mostEvents else {
      throw TraceError("\(count) events are wanted; \(LiveSource.mostEvents) are the most")
    }
    tracefs.removeOrphans(options.writer)
    let instance = try LiveInstance(in: tracefs, options.writer)
    self.instance = instance
    do throws(TraceError) {
      try setUp(instance)
      try enable(events, instance)
      guard !options.writer.isPretending else { return }
      streams = try rings(instance)
      instance.settle(filesThatDecide(events))
    } catch {
      detach()
      throw error
    }
  }

  private func setUp(_ instance: LiveInstance) throws(TraceError) {
    try instance.write("0", to: "tracing_on")
    try instance.freeRingAtEnd()
    try instance.write(options.clock, to: "trace_clock")
    try setRingSize(instance)
    try leaveOutOwnThreads(instance)
    if let process = options.process { try LiveSource.follow(process, instance) }
  }

  private func setRingSize(_ instance: LiveInstance) throws(TraceError) {
    let available = HostMemory.available
    let cpus = HostMemory.cpus
    let most = HostMemory.mostRing(available: available, cpus: cpus)
    let size = options.ringKilobytes ?? HostMemory.ring(available: available, cpus: cpus)
    guard size <= most else {
      throw TraceError(
        "a ring of \(size) kB for each of \(cpus) CPUs; \(most) kB are the most here")
    }
    try instance.write("\(size)", to: "buffer_size_kb")
    let real = instance.number(in: "buffer_size_kb") ?? size
    options.writer.remark(
      "ring: \(real) kB for each of \(cpus) CPUs; \(available) kB of memory are available")
  }

  /// The ring runs before the script's own events are enabled, so that whoever looks at /proc
  /// afterwards misses nothing that happens to tasks meanwhile.
  private func enable(_ events: LiveEvents, _ instance: LiveInstance) throws(TraceError) {
    for event in events.tasks {
      if events.stacks.contains(event) { try addStacks(event, nil, instance) }
      try enable(event, instance)
    }
    try instance.write("1", to: "tracing_on")
    for event in events.wanted where !events.tasks.contains(event) {
      let text = try filter(event, events.filters[event], instance)
      if events.stacks.contains(event) { try addStacks(event, text, instance) }
      try enable(event, instance)
    }
  }

  /// What the kernel refuses is decided by the script alone: a failed write leaves no filter, but its
  /// text, until another one is written. The text that the kernel took.
  private func filter(
    _ event: String, _ text: String?, _ instance: LiveInstance
  ) throws(TraceError) -> String? {
    guard let text, options.filters else { return nil }
    let path = event.split(separator: ":").joined(separator: "/")
    do throws(TraceError) {
      try instance.write(text, to: "events/\(path)/filter")
      return text
    } catch {
      if options.needsFilters { throw error }
      options.writer.remark("refused: \(error.message)")
      refusedFilters.append(event)
      try? instance.write("0", to: "events/\(path)/filter")
      return nil
    }
  }

  /// A trigger does not ask the filter of its event: without the same words it would write stacks of records
  /// that are not there.
  private func addStacks(
    _ event: String, _ filter: String?, _ instance: LiveInstance
  ) throws(TraceError) {
    let path = event.split(separator: ":").joined(separator: "/")
    try instance.write(
      "stacktrace" + (filter.map { " if \($0)" } ?? ""), to: "events/\(path)/trigger")
  }

  private func enable(_ event: String, _ instance: LiveInstance) throws(TraceError) {
    let path = event.split(separator: ":").joined(separator: "/")
    try instance.write("1", to: "events/\(path)/enable")
  }

  /// One stream for each CPU that the kernel may ever have, so that one that comes later is read.
  private func rings(_ instance: LiveInstance) throws(TraceError) -> [any LivePageStream] {
    let text = String(
      decoding: try KernelFile.text(of: instance.path + "/events/header_page"), as: UTF8.self)
    let machine = machine
    let layout =
      HeaderPage.layout(text, .host)
      ?? HeaderPage.usual(longSize: machine.longSize, pageSize: machine.pageSize, .host)
    var streams: [any LivePageStream] = []
    for (cpu, directory) in cpuDirectories(instance) {
      let path = directory + "/trace_pipe_raw"
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { throw KernelFile.failure(path) }
      instance.keep(descriptor)
      streams.append(stream(cpu, layout, descriptor, instance))
    }
    return streams
  }

  /// Mapped where the kernel has it, else read.
  private func stream(
    _ cpu: UInt32, _ layout: RingLayout, _ descriptor: Int32, _ instance: LiveInstance
  ) -> any LivePageStream {
    if options.maps,
      let stream = MappedStream(cpu: cpu, layout: layout, descriptor: descriptor)
    {
      if instance.keep(stream.mapping) { return stream }
      munmap(stream.mapping.baseAddress, stream.mapping.count)
    }
    return LiveStream(cpu: cpu, layout: layout, descriptor: descriptor, damage: damage)
  }

  private func cpuDirectories(_ instance: LiveInstance) -> [(cpu: UInt32, path: String)] {
    KernelFile.entries(of: instance.path + "/per_cpu").compactMap { name in
      UInt32(name.dropFirst(3)).map { ($0, "\(instance.path)/per_cpu/\(name)") }
    }.sorted { $0.0 < $1.0 }
  }

  public func stop() {
    sayChanges()
    try? instance?.write("0", to: "tracing_on")
  }

  /// What is in them decides which events are recorded.
  private func filesThatDecide(_ events: LiveEvents) -> [String] {
    let filters = events.all.map { event in
      "events/\(event.split(separator: ":").joined(separator: "/"))/filter"
    }
    // The kernel itself adds the threads of a process that is followed.
    let threads = options.process == nil ? ["set_event_pid", "set_event_notrace_pid"] : []
    return ["tracing_on", "trace_clock", "tracing_cpumask", "set_event"] + threads + filters
  }

  /// `trace-cmd reset -a` turns off the instances of others, too: no count of the kernel shows that.
  private func sayChanges() {
    guard let changed = instance?.changedFiles, !changed.isEmpty else { return }
    damage.error(
      "changed instance",
      "somebody else changed \(changed.joined(separator: ", ")) of mmq's trace instance: "
        + "events may be missing")
  }

  public func detach() {
    for stream in streams { stream.end() }
    streams = []
    if let problem = instance?.remove() {
      damage.error("instance", "the instance could not be removed: \(problem.message)")
    }
    instance = nil
  }

  public func statistics() -> [RingStatistics] {
    guard let instance, !options.writer.isPretending else { return [] }
    return cpuDirectories(instance).map { cpu, path in
      RingStatistics(cpu: cpu, text: KernelFile.line(of: path + "/stats") ?? "")
    }
  }
}

/// How live events are taken.
public struct LiveOptions {
  /// Kilobytes of the ring of each CPU; nil: 8192, but all together at most 1/64 of MemAvailable.
  public var ringKilobytes: Int?
  /// Only events of this process, all its threads, and of the threads and processes that they will
  /// start. nil: of all.
  public var process: Int32?
  /// The kernel's name of the clock that stamps the records; see `LiveSource.clocks`.
  public var clock = "boot"
  /// Rings are mapped where the kernel can do it (Linux 6.10), else read.
  public var maps = true
  /// Predicates that the kernel can decide are written to it.
  public var filters = true
  /// Nobody decides afterwards: a filter that the kernel refuses is an error.
  public var needsFilters = false
  /// What makes the changes, or only shows them.
  public var writer: TracefsWriter

  public init(ringKilobytes: Int? = nil, writer: TracefsWriter = TracefsWriter()) {
    self.ringKilobytes = ringKilobytes
    self.writer = writer
  }
}
