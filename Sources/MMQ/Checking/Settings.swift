// The settings of a program's `config` block.

internal import MMQLanguage

/// What a setting may be, and what it is where nobody sets it.
struct Setting: Sendable {
  typealias Value = ConfigItem.Value

  enum Kind: Sendable {
    case integer(ClosedRange<UInt64>)
    case flag
    case words([String])
    case text
  }

  var name: String
  var kind: Kind
  /// Flags are 0 and 1.
  var standard: Value
  /// bpftrace's settings for what mmq does without are accepted, so that scripts run unchanged, and
  /// do nothing.
  var isUsed = true

  private static let flags: [String: UInt64] = [
    "true": 1, "yes": 1, "on": 1, "false": 0, "no": 0, "off": 0,
  ]

  /// A value as written, in its standard form; nil where it cannot be one.
  func value(_ written: Value) -> Value? {
    switch (kind, written) {
    case (.integer(let range), .integer(let number)): range.contains(number) ? written : nil
    case (.flag, .integer(let number)): .integer(number == 0 ? 0 : 1)
    case (.flag, .word(let word)): Setting.flags[word.lowercased()].map { .integer($0) }
    case (.words(let words), .word(let word)):
      words.first { $0 == word.lowercased() }.map { .word($0) }
    case (.text, .word): written
    case (.text, .integer(let number)): .word(String(number))
    default: nil
    }
  }
}

extension Setting {
  /// Every setting. Names, values and defaults are bpftrace's where the meaning is the same.
  static let all: [Setting] = [
    Setting(
      name: "max_cat_bytes", kind: .integer(0...UInt64(UInt32.max)), standard: .integer(10240)),
    Setting(
      name: "max_loop_iterations", kind: .integer(0...UInt64.max), standard: .integer(1_000_000)),
    // 0: as many as there are.
    Setting(
      name: "max_map_keys", kind: .integer(1...UInt64(UInt32.max) - 1), standard: .integer(0)),
    Setting(
      name: "missing_probes", kind: .words(["error", "warn", "ignore"]), standard: .word("error")),
    Setting(name: "print_maps_on_exit", kind: .flag, standard: .integer(1)),
    Setting(
      name: "stack_mode", kind: .words(StackMode.allCases.map(\.rawValue)),
      standard: .word(StackMode.bpftrace.rawValue)),
    ignored("cache_user_symbols", .text, .word("PER_PID")),
    ignored("cpp_demangle", .flag, .integer(1)),
    ignored("lazy_symbolication", .flag, .integer(0)),
    ignored("license", .text, .word("GPL")),
    ignored("log_size", .integer(0...UInt64.max), .integer(1_000_000)),
    ignored("max_ast_nodes", .integer(0...UInt64.max), .integer(0)),
    ignored("max_bpf_progs", .integer(0...UInt64.max), .integer(1024)),
    ignored("max_probes", .integer(0...UInt64.max), .integer(1024)),
    ignored("max_strlen", .integer(0...UInt64.max), .integer(1024)),
    ignored("max_type_res_iterations", .integer(0...UInt64.max), .integer(0)),
    ignored("on_stack_limit", .integer(0...UInt64.max), .integer(32)),
    ignored("perf_rb_pages", .integer(0...UInt64.max), .integer(64)),
    ignored("show_debug_info", .flag, .integer(0)),
    ignored("str_trunc_trailer", .text, .word("..")),
    ignored("symbol_source", .text, .word("dwarf")),
    ignored("unstable_dw_ustack", .words(stages), .word("warn")),
    ignored("unstable_import", .words(stages), .word("warn")),
    ignored("unstable_tseries", .words(stages), .word("warn")),
    ignored("unstable_typeinfo", .words(stages), .word("warn")),
    ignored("use_blazesym", .flag, .integer(0)),
    ignored("verify_llvm_ir", .flag, .integer(0)),
  ]

  private static let stages = ["error", "warn", "enable"]

  private static func ignored(_ name: String, _ kind: Kind, _ standard: Value) -> Setting {
    Setting(name: name, kind: kind, standard: standard, isUsed: false)
  }
}

/// The values of all settings.
struct Settings: Sendable {
  private(set) var values = Setting.all.map(\.standard)

  static let names = Setting.all.filter(\.isUsed).map(\.name)
  private static let places = Dictionary(
    uniqueKeysWithValues: Setting.all.enumerated().map { ($1.name, $0) })

  /// Events that a probe names and the source lacks.
  var missingProbes: String { word("missing_probes") }
  var printsMapsOnExit: Bool { number("print_maps_on_exit") != 0 }
  /// Iterations after which a loop is stopped with an error.
  var maxLoopIterations: UInt64 { number("max_loop_iterations") }
  /// Keys that a map may have, if the script does not say more of it.
  var maxMapKeys: Int? {
    let keys = number("max_map_keys")
    return keys == 0 ? nil : Int(keys)
  }
  /// Bytes of a file that cat() prints.
  var maxCatBytes: UInt64 { number("max_cat_bytes") }

  /// How stacks print, where a script does not say it at the place.
  var stackMode: StackMode { StackMode(rawValue: word("stack_mode")) ?? .bpftrace }

  private func number(_ name: String) -> UInt64 {
    if case .integer(let value)? = Settings.places[name].map({ values[$0] }) { return value }
    return 0
  }

  private func word(_ name: String) -> String {
    if case .word(let value)? = Settings.places[name].map({ values[$0] }) { return value }
    return ""
  }

  /// As the table has it: in lower case, and without bpftrace's prefix.
  static func name(_ written: String) -> String {
    let name = written.lowercased()
    return name.hasPrefix("bpftrace_") ? String(name.dropFirst("bpftrace_".count)) : name
  }

  /// Takes one item; what is wrong with it, if anything.
  mutating func apply(_ item: ConfigItem) -> Diagnostic? {
    guard let place = Settings.places[Settings.name(item.name)] else {
      return .unknownSetting(item.span, item.name)
    }
    guard let value = Setting.all[place].value(item.value) else {
      return .badSetting(item.span, item.name, Setting.all[place].kind)
    }
    values[place] = value
    return nil
  }
}
