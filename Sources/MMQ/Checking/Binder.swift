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
    case ("tracepoint", 3), ("t", 3): return events(point, point.parts[1], point.parts[2])
    case (_, 2) where !Binder.unsupported.keys.contains(provider) && provider != "tracepoint":
      return events(point, point.parts[0], point.parts[1])
    default:
      diagnostics.append(complaint(point, provider))
      return nil
    }
  }

  // MARK: Intervals

  private static let units: [(name: String, nanoseconds: UInt64)] = [
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000),
  ]

  private mutating func interval(_ point: AttachPoint) -> BoundBlock.Trigger? {
    let period =
      point.parts.count == 3
      ? Binder.period(point.parts[1], point.parts[2])
      : point.parts.count == 2 ? Binder.period(duration: point.parts[1]) : nil
    if let period, period > 0 { return .interval(period) }
    diagnostics.append(.badInterval(point.span))
    return nil
  }

  private static func period(_ unit: String, _ number: String) -> UInt64? {
    guard let number = UInt64(number), number > 0 else { return nil }
    if unit == "hz" { return number <= 1_000_000_000 ? 1_000_000_000 / number : nil }
    guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
    let product = number.multipliedReportingOverflow(by: scale)
    return product.overflow ? nil : product.partialValue
  }

  /// `5s`, `100ms`
  private static func period(duration: String) -> UInt64? {
    let digits = duration.prefix { $0.isASCII && $0.isNumber }
    return period(String(duration.dropFirst(digits.count)), String(digits))
  }

  // MARK: Events

  private mutating func events(
    _ point: AttachPoint, _ system: String, _ name: String
  ) -> BoundBlock.Trigger? {
    let found = matches(system, name)
    if !found.isEmpty { return .events(found) }
    guard !point.isOptional, missing != "ignore" else { return nil }
    diagnostics.append(
      .unknownEvent(
        point.span, "\(system):\(name)", isError: missing == "error",
        nearest: Nearest.name(to: "\(system):\(name)", among: target.schemas.map(\.fullName)),
        kernel: target.kernelVersion))
    return nil
  }

  private func matches(_ system: String, _ name: String) -> [EventSchema] {
    if !Glob.isPattern(system), !Glob.isPattern(name) {
      return target.byName["\(system):\(name)"].map { [target.schemas[$0]] } ?? []
    }
    let systems = Glob(system)
    let names = Glob(name)
    return target.schemas.filter { systems.matches($0.system) && names.matches($0.name) }
  }

  // MARK: What is not here

  /// Providers of bpftrace that need BPF, and what to do instead.
  private static let unsupported: [String: String] = [
    "kprobe": "a tracepoint of the same subsystem", "k": "a tracepoint of the same subsystem",
    "kretprobe": "a tracepoint of the same subsystem",
    "kr": "a tracepoint of the same subsystem", "fentry": "a tracepoint of the same subsystem",
    "fexit": "a tracepoint of the same subsystem", "kfunc": "a tracepoint of the same subsystem",
    "kretfunc": "a tracepoint of the same subsystem", "rawtracepoint": "tracepoint:SYSTEM:EVENT",
    "rt": "tracepoint:SYSTEM:EVENT", "uprobe": "", "u": "", "uretprobe": "", "ur": "", "usdt": "",
    "profile": "interval for timers: tracefs does not sample", "p": "interval for timers",
    "software": "", "s": "", "hardware": "", "h": "", "watchpoint": "", "w": "", "iter": "",
    "it": "", "bench": "", "test": "",
  ]

  private func complaint(_ point: AttachPoint, _ provider: String) -> Diagnostic {
    if let instead = Binder.unsupported[provider] {
      return .unsupportedProvider(point.span, point.parts[0], instead)
    }
    return .unknownProvider(
      point.span, point.text,
      nearest: Nearest.name(to: provider, among: ["begin", "end", "interval", "tracepoint"]))
  }
}
