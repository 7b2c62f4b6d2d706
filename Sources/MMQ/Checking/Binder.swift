// From attach points to what they attach to.

internal import MMQLanguage
internal import MMQTrace

/// Resolves attach points against a target.
struct Binder {
  let target: Target
  /// What an event that is not there is: an error, a warning, or nothing (`ignore`).
  let missing: String
  private(set) var diagnostics: [Diagnostic] = []

  init(_ target: Target, missing: String) {
    self.target = target
    self.missing = missing
  }

  /// nil where nothing is attached: an error, or an optional probe without an event.
  mutating func trigger(of point: AttachPoint) -> BoundBlock.Trigger? {
    guard let provider = point.parts.first?.lowercased() else { return nil }
    switch (provider, point.parts.count) {
    case ("begin", 1): return .begin
    case ("end", 1): return .end
    case ("interval", _), ("i", 2...): return interval(point)
    case ("self", 3): return signal(point)
    case ("tracepoint", 3), ("t", 3): return events(point, point.parts[1], point.parts[2])
    case (_, 2) where !Binder.isReserved(provider):
      return events(point, point.parts[0], point.parts[1])
    default:
      diagnostics.append(complaint(point, provider))
      return nil
    }
  }

  /// Words that name no system of events.
  private static func isReserved(_ provider: String) -> Bool {
    Unsupported.providers.keys.contains(provider) || ["tracepoint", "self"].contains(provider)
  }

  /// What `probe` says: the provider written out, an interval without a unit in microseconds.
  static func fullName(_ point: AttachPoint, _ trigger: BoundBlock.Trigger) -> String {
    switch trigger {
    case .begin: "begin"
    case .end: "end"
    case .interval where point.parts.count == 3:
      (["interval"] + point.parts.dropFirst()).joined(separator: ":")
    case .interval(let period) where period % 1000 == 0: "interval:us:\(period / 1000)"
    case .interval(let period): "interval:ns:\(period)"
    case .signal: "self:signal:SIGUSR1"
    case .events: point.text
    }
  }

  // MARK: Signals

  /// A recording of the past asks nothing, and gets no signal.
  private mutating func signal(_ point: AttachPoint) -> BoundBlock.Trigger? {
    let isKnown = point.parts[1] == "signal" && point.parts[2] == "SIGUSR1"
    guard isKnown, target.host.input != .recording else {
      diagnostics.append(isKnown ? .liveOnly(point.span) : .unknownSignal(point.span))
      return nil
    }
    return .signal
  }

  // MARK: Intervals

  private static let units = ["s", "ms", "us"]

  /// A microsecond: the smallest unit of an interval.
  private static let shortest: UInt64 = 1000

  private mutating func interval(_ point: AttachPoint) -> BoundBlock.Trigger? {
    let period =
      point.parts.count == 3
      ? Binder.period(point.parts[1], point.parts[2])
      : point.parts.count == 2 ? Binder.period(duration: point.parts[1]) : nil
    if let period, period >= Binder.shortest { return .interval(period) }
    diagnostics.append(.badInterval(point.span))
    return nil
  }

  private static func period(_ unit: String, _ number: String) -> UInt64? {
    guard let number = UInt64(number), number > 0 else { return nil }
    if unit == "hz" { return number <= 1_000_000_000 ? 1_000_000_000 / number : nil }
    return units.contains(unit) ? Durations.nanoseconds(number, unit) : nil
  }

  /// `5s`, `100ms`; a plain number is nanoseconds.
  private static func period(duration: String) -> UInt64? {
    let digits = duration.prefix { $0.isASCII && $0.isNumber }
    if digits.count == duration.count { return UInt64(digits) }
    let suffix = String(duration.dropFirst(digits.count))
    return UInt64(digits).flatMap { Durations.nanoseconds($0, suffix) }
      ?? period(suffix, String(digits))
  }

  // MARK: Events

  private mutating func events(
    _ point: AttachPoint, _ system: String, _ name: String
  ) -> BoundBlock.Trigger? {
    let found = matches(system, name)
    if !found.isEmpty {
      noteWhereMissing(point, found)
      return .events(found)
    }
    guard !point.isOptional, missing != "ignore" else { return nil }
    diagnostics.append(
      .unknownEvent(
        point.span, "\(system):\(name)", isError: missing == "error",
        hint: EventHints(target).text(system, name), kernel: target.kernelVersion))
    return nil
  }

  /// What one of several sources does not have is not counted there.
  private mutating func noteWhereMissing(_ point: AttachPoint, _ found: [EventSchema]) {
    guard target.sources.count > 1, Set(found.map(\.fullName)).count == 1, !point.isOptional else {
      return
    }
    let known = Set(found.map(\.source))
    for (index, source) in target.sources.enumerated() where !known.contains(index) {
      diagnostics.append(.eventMissingIn(point.span, found[0].fullName, source.name))
    }
  }

  /// Whether anything would be attached to `system:event`, a provider before it or not; nil for what is no such text.
  func hasEvent(_ text: String) -> Bool? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 3, ["tracepoint", "t"].contains(parts[0].lowercased()) {
      parts.removeFirst()
    }
    guard parts.count == 2, !parts.contains("") else { return nil }
    return !matches(parts[0], parts[1]).isEmpty
  }

  private func matches(_ system: String, _ name: String) -> [EventSchema] {
    if !Glob.isPattern(system), !Glob.isPattern(name) {
      let known =
        target.byName["\(system):\(name)"] ?? target.byName[EventSystems.unknown + ":\(name)"]
      return (known ?? []).map { target.schemas[$0] }
    }
    let systems = Glob(system)
    let names = Glob(name)
    return target.schemas.filter { systems.matches($0.system) && names.matches($0.name) }
  }

  // MARK: What is not here

  private func complaint(_ point: AttachPoint, _ provider: String) -> Diagnostic {
    if let reason = Unsupported.providers[provider], point.parts.count > 1 {
      return .unsupportedProvider(point.span, provider, reason)
    }
    if provider == "self" { return .unknownSignal(point.span) }
    if point.parts.count == 2, ["tracepoint", "t"].contains(provider),
      let event = EventHints(target).event(named: point.parts[1])
    {
      return .eventWithoutSystem(
        point.span, point.text, hint: "did you mean \(point.parts[0]):\(event.fullName)?")
    }
    if point.parts.count == 1, let hint = EventHints(target).text(ofSystem: provider) {
      return .eventWithoutSystem(point.span, point.text, hint: hint)
    }
    return .unknownProvider(
      point.span, point.text,
      nearest: Nearest.name(
        to: provider,
        among: ["begin", "end", "interval", "self", "tracepoint"].filter { $0 != provider }))
  }
}
