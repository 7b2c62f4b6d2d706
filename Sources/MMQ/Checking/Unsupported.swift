// What bpftrace has and mmq cannot: why, and what to write instead.

/// A reason for a refusal, with the way to the answer here, if there is one.
struct Unsupported: Sendable {
  var why: String
  var instead: String?

  // MARK: Providers

  static let providers: [String: Unsupported] = {
    var all: [String: Unsupported] = [:]
    for name in [
      "kprobe", "k", "kretprobe", "kr", "fentry", "fexit", "kfunc", "kretfunc", "f", "fr",
    ] {
      all[name] = Unsupported(
        why: "need BPF; mmq reads tracepoints only",
        instead: "use a tracepoint of the same subsystem; mmq list shows the tracepoints")
    }
    for name in ["rawtracepoint", "rt"] {
      all[name] = Unsupported(
        why: "need BPF; mmq reads tracepoints only",
        instead: "use tracepoint:SYSTEM:EVENT, whose fields have names")
    }
    for name in [
      "uprobe", "u", "uretprobe", "ur", "usdt", "watchpoint", "w", "asyncwatchpoint", "aw",
    ] {
      all[name] = Unsupported(why: "need BPF; mmq reads tracepoints only")
    }
    for name in ["profile", "p"] {
      all[name] = Unsupported(
        why: "need BPF: tracefs does not sample",
        instead: "use interval:ms:N for a timer, or perf record for samples")
    }
    for name in ["hardware", "h"] {
      all[name] = Unsupported(
        why: "need BPF: tracefs does not sample", instead: "perf record counts and samples them")
    }
    for name in ["software", "s"] {
      all[name] = Unsupported(
        why: "need BPF: tracefs does not sample",
        instead: "there are tracepoints: sched:sched_switch, sched:sched_migrate_task, "
          + "exceptions:page_fault_user")
    }
    for name in ["iter", "it", "bench", "test"] {
      all[name] = Unsupported(why: "need BPF; mmq reads tracepoints only")
    }
    return all
  }()

  // MARK: Builtin variables and functions

  /// By name; `arg0` to `arg9` stand under `arg`, `sarg0` … under `sarg`.
  static func name(_ name: String) -> Unsupported? {
    names[name] ?? names[name.trimmingDigits]
  }

  private static let names: [String: Unsupported] = {
    var all: [String: Unsupported] = [:]
    all["curtask"] = Unsupported(
      why: "is an address in memory, and a trace holds no memory: only the fields of its events",
      instead: "comm, tid and pid tell of the task")
    for name in ["kptr", "uptr", "container_of", "offsetof", "percpu_kaddr", "path"] {
      all[name] = Unsupported(
        why: "reads memory, and a trace holds no memory: only the fields of its events",
        instead: "mmq list -v shows the fields of an event; read one as args.FIELD")
    }
    for name in ["arg", "sarg", "retval", "func", "reg", "ctx", "usdt_arg"] {
      all[name] = Unsupported(
        why: "belongs to kprobes and uprobes", instead: "a tracepoint's values are args.FIELD")
    }
    for name in ["ustack", "dw_ustack", "usym", "uaddr"] {
      all[name] = Unsupported(why: "needs the memory and the symbols of the traced process")
    }
    for name in ["ppid", "pcomm"] {
      all[name] = Unsupported(
        why: "is in no record",
        instead: "sched:sched_process_fork tells the parent of each new task: args.parent_pid")
    }
    for name in ["leader_tid", "leader_comm"] {
      all[name] = Unsupported(
        why: "is in no record", instead: "pid is the number of the thread that leads the process")
    }
    for name in ["cpid", "has_cpid"] {
      all[name] = Unsupported(
        why: "is not known when a script is checked",
        instead: "with -c all events are of the command and of what it starts")
    }
    for name in ["cgroupid", "cgroup_path_of"] {
      all[name] = Unsupported(why: "belongs to the traced machine, not to its events")
    }
    for name in ["signal", "signal_thread", "write_user"] {
      all[name] = Unsupported(why: "acts on the traced process; mmq only looks")
    }
    all["override"] = Unsupported(why: "changes the kernel's answers; mmq only looks")
    all["usermode"] = Unsupported(why: "is known to samples only")
    for name in ["skboutput", "socket_cookie", "skb"] {
      all[name] = Unsupported(
        why: "needs the packet in memory; a trace holds only fields of events")
    }
    return all.merging(library) { $1 }
  }()

  /// Of bpftrace's standard library.
  private static let library: [String: Unsupported] = {
    var all: [String: Unsupported] = [:]
    for name in ["fail", "static_assert"] {
      all[name] = Unsupported(
        why: "stops a compiler, which mmq does not have",
        instead: "assert(condition, message) ends the run with an error")
    }
    all["assert_str"] = Unsupported(
      why: "stops a compiler, which mmq does not have",
      instead: "is_str(value) tells whether it is a string")
    all["memcmp"] = Unsupported(
      why: "compares memory, and a trace holds none",
      instead: "strncmp() compares strings and buffers; == tuples and arrays, too")
    all["is_err"] = Unsupported(
      why: "asks for a pointer of the kernel that is an error; here pointers are numbers",
      instead: "what a system call returned is args.ret")
    for name in ["kfunc_exist", "kfunc_allowed"] {
      all[name] = Unsupported(why: "asks what BPF may call; mmq does not use it")
    }
    all["unwatch"] = Unsupported(why: "belongs to watchpoints, which need BPF")
    all["default_str_length"] = Unsupported(why: "is a limit; strings have none here")
    return all
  }()
}

extension String {
  fileprivate var trimmingDigits: String {
    String(reversed().drop { $0.isASCII && $0.isNumber }.reversed())
  }
}
