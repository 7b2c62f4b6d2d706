// The settings of a program's `config` block.

internal import MMQLanguage

/// Their names are bpftrace's where the meaning is the same.
struct Settings: Sendable {
  /// Events that a probe names and the source lacks: an error, or a warning.
  var missingProbesIsError = true
  var printsMapsOnExit = true
  /// Iterations after which a loop is stopped with an error.
  var maxLoopIterations: UInt64 = 1_000_000

  /// Bytes of a file that cat() prints.
  var maxCatBytes: UInt64 = 10240

  static let names = [
    "max_cat_bytes", "max_loop_iterations", "missing_probes", "print_maps_on_exit",
  ]

  /// Takes one item; what is wrong with it, if anything.
  mutating func apply(_ item: ConfigItem) -> Diagnostic? {
    switch (item.name, item.value) {
    case ("missing_probes", .word("error")): missingProbesIsError = true
    case ("missing_probes", .word("warn")), ("missing_probes", .word("ignore")):
      missingProbesIsError = false
    case ("print_maps_on_exit", .integer(let value)): printsMapsOnExit = value != 0
    case ("print_maps_on_exit", .word("true")): printsMapsOnExit = true
    case ("print_maps_on_exit", .word("false")): printsMapsOnExit = false
    case ("max_cat_bytes", .integer(let value)): maxCatBytes = value
    case ("max_loop_iterations", .integer(let value)): maxLoopIterations = value
    default:
      return Settings.names.contains(item.name)
        ? .badSetting(item.span, item.name) : .unknownSetting(item.span, item.name)
    }
    return nil
  }
}
