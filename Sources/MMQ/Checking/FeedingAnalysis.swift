// Whether a script's output makes events of the kinds that it prints.

internal import MMQLanguage
internal import MMQTrace

/// mmq's own threads are not traced, but whoever reads what it prints is: a terminal, a pager, a program
/// behind a pipe. Each piece of output has the reader make some events; where each of these is printed
/// again, the output never ends.
struct FeedingAnalysis {
  /// What a reader was seen to do for each piece of output (cat of a pipe, script(1) with a terminal, Linux
  /// 6.18): it waits, is woken, reads, writes, and frees the pages of the pipe. A terminal's bytes go
  /// through a work queue.
  private static let events = [
    "raw_syscalls:*", "syscalls:sys_*_read", "syscalls:sys_*_readv", "syscalls:sys_*_write",
    "syscalls:sys_*_writev", "syscalls:sys_*_poll", "syscalls:sys_*_ppoll",
    "syscalls:sys_*_select", "syscalls:sys_*_pselect6", "syscalls:sys_*_epoll_wait",
    "syscalls:sys_*_epoll_pwait", "syscalls:sys_*_rt_sigprocmask", "sched:sched_switch",
    "sched:sched_waking", "sched:sched_wakeup", "sched:sched_stat_*", "workqueue:*", "tty:*",
    "tlb:tlb_flush", "rseq:*", "rcu:rcu_utilization", "kmem:mm_page_free",
  ].map { Glob($0) }

  private static let printers: Set<String> = [
    "printf", "print", "print args", "print @", "time", "join", "cat", "system", "errorf", "warnf",
  ]

  /// Where in a block something is printed for each event of these, whoever made it; nil where nothing is.
  static func place(in block: TypedBlock, of events: [EventSchema]) -> Span? {
    guard events.contains(where: { event in self.events.contains { $0.matches(event.fullName) } }),
      block.predicate.map(asksForTask) != true
    else { return nil }
    return place(in: block.body)
  }

  /// A way that ends the run feeds nothing.
  private static func place(in statements: [TypedStatement]) -> Span? {
    if statements.contains(where: { $0.calls(["exit"]) }) { return nil }
    for statement in statements {
      if let found = place(in: statement) { return found }
    }
    return nil
  }

  private static func place(in statement: TypedStatement) -> Span? {
    switch statement.kind {
    case .conditional(let test, let then, let otherwise):
      return asksForTask(test) ? nil : place(in: then) ?? place(in: otherwise)
    case .block(let body), .loop(_, let body), .range(_, _, _, let body), .each(_, _, let body):
      return place(in: body)
    case .expression(let expression) where expression.calls(printers): return expression.span
    default: return nil
    }
  }

  /// A condition on the task, its process or its name.
  private static func asksForTask(_ test: Typed) -> Bool {
    test.contains {
      if case .context(let context) = $0.kind { return context == .tid || context == .comm }
      return false
    }
  }
}

extension TypedStatement {
  /// Whether it is a call of one of these.
  fileprivate func calls(_ names: Set<String>) -> Bool {
    if case .expression(let expression) = kind { return expression.calls(names) }
    return false
  }
}

extension Typed {
  fileprivate func calls(_ names: Set<String>) -> Bool {
    if case .call(let function, _) = kind { return names.contains(function.name) }
    return false
  }

  /// Whether a condition holds of it, or of a value that it is made of.
  fileprivate func contains(_ holds: (Typed) -> Bool) -> Bool {
    holds(self) || parts.contains { $0.contains(holds) }
  }

  private var parts: [Typed] {
    switch kind {
    case .constant, .string, .field, .context, .variable: []
    case .map(_, let key), .deleteKey(_, let key), .hasKey(_, let key): key.map { [$0] } ?? []
    case .unary(_, let operand), .element(let operand, _): [operand]
    case .binary(_, let a, let b), .logical(_, let a, let b): [a, b]
    case .conditional(let c, let a, let b): [c, a, b]
    case .tuple(let items), .call(_, let items): items
    case .step: []
    case .sequence(_, let last): last.map { [$0] } ?? []
    }
  }
}
