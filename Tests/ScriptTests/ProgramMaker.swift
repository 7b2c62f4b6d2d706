// Random programs for tests that run each of them in two ways.

import MMQTestSupport

/// Makes random programs that read and write maps in every kind of statement.
struct ProgramMaker {
  var random: SeededRandom

  private mutating func pick(_ words: [String]) -> String { words.randomElement(using: &random)! }

  private mutating func number(_ depth: Int) -> String {
    let leaves = [
      "@x", "@t[args.order]", "@t[args.pfn % 5]", "args.order", "args.pfn", "@n", "tid", "7",
    ]
    guard depth > 0, Bool.random(using: &random) else { return pick(leaves) }
    let (a, b) = (number(depth - 1), number(depth - 1))
    return pick([
      "(\(a) + \(b))", "(\(a) ^ \(b))", "(\(condition(depth - 1)) ? \(a) : \(b))", "@x++",
      "--@t[args.order]", "({ \(statement(depth - 1)) \(a) } + \(b))",
    ])
  }

  private mutating func condition(_ depth: Int) -> String {
    guard depth > 0, Bool.random(using: &random) else { return "\(number(0)) % 3 == 1" }
    let (a, b) = (condition(depth - 1), condition(depth - 1))
    return pick(["(\(a) && \(b))", "(\(a) || \(b))", "!\(a)", "\(number(depth - 1)) % 2 == 0"])
  }

  private mutating func statement(_ depth: Int) -> String {
    let value = number(depth)
    let leaves = [
      "@x = \(value);", "@t[args.order] = \(value);", "@n = \(value);", "@s = sum(\(value));",
      "@c[\(value) % 7] = count();", "delete(@t, args.pfn % 5);", "clear(@n);",
    ]
    guard depth > 0, Bool.random(using: &random) else { return pick(leaves) }
    let (a, b) = (statement(depth - 1), statement(depth - 1))
    return pick([
      "if (\(condition(depth))) { \(a) }", "if (\(condition(depth))) { \(a) } else { \(b) }",
      "for ($i\(depth) : 0..2) { \(a) \(b) }", "\(a) \(b)",
      "unroll (2) { \(a) if (\(condition(0))) { return; } }",
    ])
  }

  /// Two blocks, so that there is always something in the maps.
  mutating func program() -> String {
    let predicate = condition(2)
    let body = (0..<4).map { _ in statement(2) }.joined(separator: " ")
    return "kmem:mm_page_alloc / \(predicate) / { \(body) } "
      + "kmem:mm_page_free { @x++; @n = args.pfn; @t[args.order] = @x; @all = count(); } "
  }
}
