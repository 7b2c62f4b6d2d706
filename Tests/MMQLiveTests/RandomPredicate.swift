// Predicates by chance, over the fields that an event has.

import MMQTestSupport
import MMQTrace

/// Makes the text of predicates of one event.
struct RandomPredicate {
  private let schema: EventSchema
  /// A map that some of them count in.
  private let counter: String

  init(_ schema: EventSchema, counter: String) { (self.schema, self.counter) = (schema, counter) }

  /// Events that the workload causes, with fields of all kinds.
  static let events: Set<String> = [
    "raw_syscalls:sys_enter", "raw_syscalls:sys_exit", "syscalls:sys_enter_read",
    "syscalls:sys_enter_write", "syscalls:sys_enter_close", "syscalls:sys_enter_openat",
    "syscalls:sys_exit_read", "syscalls:sys_exit_openat", "kmem:mm_page_alloc",
    "kmem:kmem_cache_alloc", "kmem:kmalloc", "sched:sched_switch", "sched:sched_process_exec",
    "sched:sched_process_fork", "sched:sched_process_exit", "signal:signal_generate",
    "exceptions:page_fault_user",
  ]

  func text(_ random: inout SeededRandom, depth: Int = 3) -> String {
    let kind = depth == 0 ? 0 : Int.random(in: 0..<8, using: &random)
    switch kind {
    case 1, 2:
      return "(\(text(&random, depth: depth - 1)) && \(text(&random, depth: depth - 1)))"
    case 3, 4:
      return "(\(text(&random, depth: depth - 1)) || \(text(&random, depth: depth - 1)))"
    case 5: return "!(\(text(&random, depth: depth - 1)))"
    default: return leaf(&random)
    }
  }

  private func leaf(_ random: inout SeededRandom) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return comparison("cpu", &random, among: ["0", "1", "2", "-1", "0x100000000"])
    case 1, 2: return string("comm", &random)
    // The filter stops at what acts, and goes around what the kernel has no words for.
    case 3: return "\(counter)++ < \(Int.random(in: 0..<40, using: &random))"
    case 4: return "tid % 2 == \(Int.random(in: 0..<2, using: &random))"
    default: return field(schema.ownFields.randomElement(using: &random), &random)
    }
  }

  private func field(_ field: Field?, _ random: inout SeededRandom) -> String {
    guard let field else { return "tid != 0" }
    switch field.shape {
    case .integer, .bool: return number("args.\(field.name)", field, &random)
    case .pointer: return comparison("args.\(field.name)", &random, among: constants(64, &random))
    case .string, .dynamicString: return string("args.\(field.name)", &random)
    default: return comparison("tid", &random, among: ["0", "1", "99999", "-1"])
    }
  }

  // MARK: Numbers

  private func number(_ name: String, _ field: Field, _ random: inout SeededRandom) -> String {
    let bits = field.size * 8
    let constants = constants(bits, &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return field.shape == .bool ? name : "!\(name)"
    case 1 where field.shape == .integer: return "\(name) & \(mask(&random))"
    case 2 where field.shape == .integer:
      let mask = mask(&random)
      let wanted = UInt64.random(in: 0..<16, using: &random)
      return "(\(name) & \(mask)) \(["==", "!="].randomElement(using: &random)!) \(wanted)"
    case 3 where field.shape == .integer:
      let type = ["int8", "uint8", "int16", "uint32", "int64", "uint64"].randomElement(
        using: &random)!
      return comparison("(\(type))\(name)", &random, among: constants)
    default: return comparison(name, &random, among: constants)
    }
  }

  private func comparison(
    _ value: String, _ random: inout SeededRandom, among constants: [String]
  ) -> String {
    let op = ["==", "!=", "<", "<=", ">", ">="].randomElement(using: &random)!
    let constant = constants.randomElement(using: &random)!
    return Bool.random(using: &random) ? "\(value) \(op) \(constant)" : "\(constant) \(op) \(value)"
  }

  /// Small ones, which occur, and those at the ends of widths.
  private func constants(_ bits: Int, _ random: inout SeededRandom) -> [String] {
    let edge = Int.random(in: 0..<64, using: &random)
    let power = UInt64(1) << UInt64(edge)
    return [
      "0", "1", "2", "3", "7", "64", "128", "256", "257", "511", "-1", "-2", "-9", "-100",
      "\(power)", "\(power - 1)", "\(power == 1 << 63 ? power : power + 1)",
      power > 1 << 62 ? "-1" : "-\(power)",
      "\(UInt64(1) << UInt64(bits - 1))",
    ]
  }

  private func mask(_ random: inout SeededRandom) -> String {
    let some = random.next() & random.next() & random.next()
    return [
      "1", "3", "0x40", "0x80000", "0x8000000000000000", "0xffffffff00000000",
      "0x\(String(some, radix: 16))",
    ].randomElement(using: &random)!
  }

  // MARK: Strings

  private static let texts = [
    "", "even", "odd", "a b", "it's", "x*y", "1st", "ninety-nine-lon", "ninety-nine-long",
    "\\\"q\\\"",
    "true", "mmq-workload", "swapper/0", "/bin/true", "filp", "vm_area_struct", "kmalloc-64", "a",
    "even\\n", "<...>",
  ]

  private func string(_ name: String, _ random: inout SeededRandom) -> String {
    let text = Self.texts.randomElement(using: &random)!
    let part = ["e", "o", "ev", "od", "swap", "mmq", "x*y", "1", "/", "k", "vm_", "'", " "]
      .randomElement(using: &random)!
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "\(name) == \"\(text)\""
    case 1: return "\(name) != \"\(text)\""
    case 2:
      let pattern = ["\(part)*", "*\(part)*", "*\(part)", "\(part)*d", text].randomElement(
        using: &random)!
      return "\(name) =~ \"\(pattern)\""
    case 3: return "strcontains(\(name), \"\(part)\")"
    case 4: return "strncmp(\(name), \"\(text)\", \(Int.random(in: 1..<8, using: &random))) == 0"
    default: return "strncmp(\"\(text)\", \(name), \(Int.random(in: 1..<20, using: &random)))"
    }
  }
}
