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
    syntax.probes.flatMap(\.attachPoints).compactMap { point in
      let provider = point.parts.first?.lowercased() ?? ""
      guard point.parts.count > 1, !["interval", "i", "self"].contains(provider) else { return nil }
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
    // Events about tasks are needed whatever the script's blocks want of them.
    events.filters = filters().filter { !events.tasks.contains($0.key) }
    return events
  }

  /// What the kernel can decide, by event, in its own words.
  func filters() -> [String: String] {
    var predicates: [String: [Typed?]] = [:]
    for binding in program.bindings {
      guard case .events(let events) = binding.trigger else { continue }
      for event in events {
        predicates[event.fullName, default: []].append(program.blocks[binding.block].predicate)
      }
    }
    var filters: [String: String] = [:]
    for (name, predicates) in predicates {
      guard let event = target.byName[name]?.first.map({ target.schemas[$0] }) else { continue }
      filters[name] = KernelFilter.text(of: predicates, on: event)
    }
    return filters
  }
}
