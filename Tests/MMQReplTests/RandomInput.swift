// Whatever somebody might type at a prompt, right or wrong.

import MMQTestSupport

/// Questions, statements and commands, some of them damaged. The same seed gives the same input.
struct RandomInput {
  private var random: SeededRandom
  /// Events and some of their fields, as the recording or the kernel has them.
  private let events: [(name: String, fields: [String])]

  private static let values = [
    "0", "1", "7", "4096", "0xffffffffffffffff", "-1", "1e3", "2.5", "\"load\"", "\"success\"",
    "\"%d\"",
    "comm", "pid", "tid", "cpu", "nsecs", "probe", "rand", "@x", "@x[1]", "@x[comm]", "@y", "$v",
    "$1",
    "args", "true", "(1, 2)", "(a = 1, b = \"c\")", "5ms",
  ]
  private static let operators = [
    "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", ">=", "&&", "||", "=~",
  ]
  private static let functions = [
    "print", "printf", "ksym", "str", "strerror", "len", "delete", "clear", "zero", "has_key",
    "time",
    "strftime", "kstack", "syscall_name", "exit", "buf", "join", "getopt", "find", "usym",
    "no_such",
  ]
  private static let aggregations = [
    "count()", "sum(E)", "min(E)", "max(E)", "avg(E)", "stats(E)", "hist(E)",
    "lhist(E, 0, 100, 10)",
    "quantile(E, 50, 99)", "tseries(E, 1ms, 10)", "hist(E, 3)", "lhist(E)",
  ]
  private static let commands = [
    ".help", ".maps", ".print @x", ".print @x 3", ".print @nosuch", ".probes vm*", ".probes",
    ".fields kmem:mm_page_alloc", ".explain", ".explain 1 + 1", ".format json", ".format text",
    ".time on", ".history", ".nosuch", "\\?", "help", ".read /nonexistent", ".run", ".edit",
    ".save",
  ]

  init(seed: UInt64, events: [(name: String, fields: [String])]) {
    random = SeededRandom(seed: seed)
    self.events = events
  }

  private mutating func one<T>(of all: [T]) -> T {
    all[Int.random(in: 0..<all.count, using: &random)]
  }
  private mutating func happens(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  /// The next thing to type; it may have several lines.
  mutating func next() -> String {
    var text: String
    switch Int.random(in: 0..<10, using: &random) {
    case 0: text = one(of: RandomInput.commands)
    case 1...3: text = expression(3)
    case 4: text = statement(2)
    case 5: text = one(of: events).name
    default: text = program()
    }
    if happens(25) { text = damaged(text) }
    if happens(10) { text += "\t\t" }
    return text
  }

  private mutating func program() -> String {
    let event = one(of: events)
    var text =
      happens(85) ? event.name : one(of: ["begin", "end", "interval:ms:10", "interval:s:1"])
    if happens(40) { text += " /\(expression(2, event.fields))/" }
    let body = (0...Int.random(in: 0..<3, using: &random)).map { _ in statement(2, event.fields) }
    return text + " {\n" + body.joined(separator: ";\n") + " }"
  }

  private mutating func statement(_ depth: Int, _ fields: [String] = []) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0...3:
      let value = one(of: RandomInput.aggregations).replacing(
        "E", with: expression(depth - 1, fields))
      return "\(map(fields)) = \(value)"
    case 4: return "\(map(fields)) = \(expression(depth, fields))"
    case 5: return "$v = \(expression(depth, fields))"
    case 6 where depth > 0:
      return "if (\(expression(depth, fields))) { \(statement(depth - 1, fields)) }"
    default: return expression(depth, fields)
    }
  }

  private mutating func map(_ fields: [String]) -> String {
    let name = one(of: ["@", "@x", "@y", "@z"])
    return happens(50) ? name : "\(name)[\(expression(1, fields))]"
  }

  private mutating func expression(_ depth: Int, _ fields: [String] = []) -> String {
    if depth <= 0 || happens(30) {
      return !fields.isEmpty && happens(50)
        ? "args.\(one(of: fields))" : one(of: RandomInput.values)
    }
    if happens(25) {
      let arguments = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
        expression(depth - 1, fields)
      }
      return "\(one(of: RandomInput.functions))(\(arguments.joined(separator: ", ")))"
    }
    let (a, b) = (expression(depth - 1, fields), expression(depth - 1, fields))
    return "(\(a) \(one(of: RandomInput.operators)) \(b))"
  }

  /// A piece is gone, doubled, or replaced by something odd. Never of what writes files.
  private mutating func damaged(_ text: String) -> String {
    guard !text.hasPrefix("."), var characters = Optional(Array(text)), !characters.isEmpty
    else { return text }
    let start = Int.random(in: 0..<characters.count, using: &random)
    let end = min(characters.count, start + Int.random(in: 0..<5, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0: characters.removeSubrange(start..<end)
    case 1: characters.insert(contentsOf: characters[start..<end], at: start)
    default:
      characters.insert(
        contentsOf: one(of: ["{", "}", "\"", "[", "é", "/*", "\\", "#", "@", ";"]), at: start)
    }
    return String(characters)
  }
}
