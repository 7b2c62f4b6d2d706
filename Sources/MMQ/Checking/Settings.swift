// The settings of a program's `config` block.

internal import MMQLanguage

/// Their names are bpftrace's where the meaning is the same.
struct Settings: Sendable {
  /// Events that a probe names and the source lacks: an error, or a warning.
  var missingProbesIsError = true
  var printsMapsOnExit = true
  /// Iterations after which a loop is stopped with an error.
  var maxLoopIterations: UInt64 = 1_000_000

  /// Keys that a map may have, if the script does not say more of it.
  var maxMapKeys: Int?
  /// Bytes of a file that cat() prints.
  var maxCatBytes: UInt64 = 10240

  static let names = [
    "max_cat_bytes", "max_loop_iterations", "max_map_keys", "missing_probes",
    "print_maps_on_exit",
  ]

  /// bpftrace's settings for what mmq does without: accepted, so that scripts run unchanged.
  static let ignored: Set<String> = [
    "cache_user_symbols", "cpp_demangle", "lazy_symbolication", "license", "log_size",
    "max_ast_nodes", "max_bpf_progs", "max_probes", "max_strlen", "max_type_res_iterations",
    "on_stack_limit", "perf_rb_pages", "show_debug_info", "stack_mode", "str_trunc_trailer",
    "symbol_source", "unstable_import", "unstable_tseries", "use_blazesym", "verify_llvm_ir",
  ]

  /// Takes one item; what is wrong with it, if anything.
  mutating func apply(_ item: ConfigItem) -> Diagnostic? {
    var name = item.name.lowercased()
    if name.hasPrefix("bpftrace_") { name.removeFirst("bpftrace_".count) }
    if Settings.ignored.contains(name) { return nil }
    switch (name, item.value) {
    case ("missing_probes", .word("error")): missingProbesIsError = true
    case ("missing_probes", .word("warn")), ("missing_probes", .word("ignore")):
      missingProbesIsError = false
    case ("print_maps_on_exit", .integer(let value)): printsMapsOnExit = value != 0
    case ("print_maps_on_exit", .word("true")): printsMapsOnExit = true
    case ("print_maps_on_exit", .word("false")): printsMapsOnExit = false
    case ("max_map_keys", .integer(let value)) where value > 0 && value < UInt32.max:
      maxMapKeys = Int(value)
    case ("max_cat_bytes", .integer(let value)): maxCatBytes = value
    case ("max_loop_iterations", .integer(let value)): maxLoopIterations = value
    default:
      return Settings.names.contains(name)
        ? .badSetting(item.span, item.name) : .unknownSetting(item.span, item.name)
    }
    return nil
  }
}
