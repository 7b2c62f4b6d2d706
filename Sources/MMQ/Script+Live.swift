// What a script wants of the running kernel.

internal import MMQLanguage
public import MMQTrace

extension Script {
  /// Whether some attach point may mean this event: which formats are worth reading.
  public func mayWant(_ system: String, _ name: String) -> Bool {
    eventPatterns.contains { Glob($0.system).matches(system) && Glob($0.name).matches(name) }
  }

  /// Whether there is an event for each attach point that must have one.
  public func isBound(to schemas: [EventSchema]) -> Bool {
    eventPatterns.allSatisfy { pattern in
      pattern.isOptional
        || schemas.contains {
          Glob(pattern.system).matches($0.system) && Glob(pattern.name).matches($0.name)
        }
    }
  }

  private var eventPatterns: [(system: String, name: String, isOptional: Bool)] {
    syntax.probes.flatMap(\.attachPoints).filter(\.mayBeEvent).map { point in
      let names = point.parts.suffix(2)
      return (names[names.startIndex], names[names.endIndex - 1], point.isOptional)
    }
  }

  /// The events to enable: those of the blocks, and those that keep names and processes of tasks up
  /// to date where they are asked for. `ofProcess`: only records of one process are wanted.
  public func liveEvents(ofProcess: Bool = false) -> LiveEvents {
    var events = LiveEvents()
    if program.usesComm {
      events.tasks += ["task:task_newtask", "task:task_rename", "sched:sched_process_free"]
    }
    if program.usesPid || ofProcess {
      events.tasks += ["task:task_newtask", "sched:sched_process_exec"]
    }
    events.tasks = events.tasks.filter { target.byName[$0] != nil }
    events.wanted = plan().events
    for filter in filters() { events.filters[filter.event] = filter.text }
    events.stacks = stackEvents()
    events.keepTasks()
    return events
  }

  /// The events whose stacks some block asks for.
  private func stackEvents() -> Set<String> {
    var names: Set<String> = []
    for binding in program.bindings where program.blocks[binding.block].calls(\.wantsStack) {
      if case .events(let events) = binding.trigger { names.formUnion(events.map(\.fullName)) }
    }
    return names
  }

  /// Some predicate does more than to look at the event.
  public var predicatesAct: Bool {
    program.blocks.contains { $0.predicate?.hasEffect == true }
  }

  /// What the kernel can decide of each event's predicates, by name of the event.
  public func filters() -> [EventFilter] {
    var predicates: [String: [Typed?]] = [:]
    for binding in program.bindings {
      guard case .events(let events) = binding.trigger else { continue }
      for event in events {
        predicates[event.fullName, default: []].append(program.blocks[binding.block].predicate)
      }
    }
    return predicates.sorted { $0.key < $1.key }.compactMap { name, predicates in
      guard let event = target.byName[name]?.first.map({ target.schemas[$0] }) else { return nil }
      return EventFilter(name, KernelFilter.formula(of: predicates, on: event))
    }
  }
}

/// What the kernel is told of the predicates that a script has for an event.
public struct EventFilter: Sendable {
  /// `system:name`
  public var event: String
  /// In the kernel's filter language; nil where there is nothing to say.
  public var text: String?
  /// The kernel decides all of it: what passes is what the script wants.
  public var isExact: Bool
  /// No record is wanted: no filter says that.
  public var passesNothing: Bool

  init(_ event: String, _ formula: FilterFormula) {
    self.event = event
    text = formula.text
    isExact = formula.isExact
    passesNothing = formula == .never
  }
}

extension AttachPoint {
  /// A system alone, or a name alone, is no probe; but only all events tell what was meant.
  var mayBeEvent: Bool {
    guard let provider = parts.first?.lowercased() else { return false }
    return !["begin", "end", "interval", "i", "self"].contains(provider)
  }
}
