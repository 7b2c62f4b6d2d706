// kstack of a text: names of functions, whoever printed them.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct TextStackTests {
  private func run(
    _ script: String, _ text: String, symbols: KernelSymbols? = nil
  ) throws -> (output: String, warnings: [String]) {
    let file = TemporaryPath()
    try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
    return try StackTests.run(script, try SourceFormat.open(path: file.path), symbols: symbols)
  }

  private func line(_ cpu: Int, _ thread: Int, _ text: String) -> String {
    "              sh-\(thread)      [00\(cpu)] ..... 1.001000: \(text)\n"
  }

  private let count = "kmem:kfree { @[args.ptr, kstack] = count(); }"

  @Test func ofFtrace() throws {
    let text =
      line(0, 42, "kfree: ptr=1") + line(0, 42, "<stack trace>")
      + " => kfree\n => do_exit+0x10/0x20\n => nf_hook [nf_tables]\n"
      + line(0, 42, "<user stack trace>") + " =>  <00007f1234567890>\n"
      + line(0, 42, "kfree: ptr=2")
    let found = try run(count, text)
    let stack = "        kfree\n        do_exit+16\n        nf_hook\n"
    #expect(found.output == "@[1, \n\(stack)]: 1\n@[2, \n]: 1\n")
    #expect(found.warnings == ["WARNING: 1 of 2 events have no stack; theirs is empty"])
  }

  /// Another CPU's event stands between an event and its stack; a lost stack is nobody's.
  @Test func linesOfOtherCPUsBetween() throws {
    let text =
      line(0, 42, "kfree: ptr=1") + line(1, 43, "kfree: ptr=2") + line(0, 42, "<stack trace>")
      + " => a\n" + line(1, 43, "<stack trace>") + " => b\n" + line(0, 42, "kfree: ptr=3")
      + line(0, 44, "<stack trace>") + " => c\n" + line(1, 43, "kfree: ptr=4")
      + "CPU:1 [LOST 5 EVENTS]\n" + line(1, 43, "<stack trace>") + " => d\n"
    let found = try run("kmem:kfree { @[args.ptr, kstack(1)] = count(); }", text)
    #expect(
      found.output
        == "@[1, \n        a\n]: 1\n@[2, \n        b\n]: 1\n@[3, \n]: 1\n@[4, \n]: 1\n")
  }

  /// Two records of the largest kind, behind others: a sub-buffer that has no room for both ends before them.
  @Test func longEventsWithDeepStacks() throws {
    func event(_ a: Int, _ b: Int, _ number: Int) -> String {
      let texts = (String(repeating: "x", count: a), String(repeating: "y", count: b))
      return line(0, 42, "odd: a=\(texts.0) b=\(texts.1) n=\(number)")
    }
    let stack = (0..<4096).map { " => f\($0 % 50)\n" }.joined()
    let found = try run(
      "unknown:odd { @[args.n, kstack(1)] = count(); }",
      String(repeating: event(4000, 1, 1), count: 11) + event(30_000, 34_000, 2)
        + line(0, 42, "<stack trace>") + stack + event(1, 1, 1))
    #expect(found.output == "@[2, \n        f0\n]: 1\n@[1, \n]: 12\n")
  }

  /// Equal names are one stack, wherever in the function the call was: the line does not say it.
  @Test func ofTraceCmd() throws {
    let text =
      "cpus=2\n" + line(0, 42, "kfree: ptr=1") + line(0, 42, "kernel_stack:         <stack trace >")
      + "=> kfree (ffffffff960f7246)\n=> do_exit (ffffffff960f0000)\n\n"
      + line(0, 42, "kfree: ptr=1") + line(0, 42, "kernel_stack:         \t=> kfree")
      + "\t=> do_exit\n"
    let found = try run(count, text)
    #expect(found.output == "@[1, \n        kfree\n        do_exit\n]: 2\n")
  }

  @Test func ofPerf() throws {
    let text = """
      sh  42 [000]     1.001000: kmem:kfree: ptr=1
      \tffffffff960f7246 kfree+0x66 ([kernel.kallsyms])
      \tffffffff960f8000 [unknown] ([kernel.kallsyms])
      \t    7f1234567890 main+0x10 (/usr/bin/sh)

      sh  42 [000]     1.002000: kmem:kfree: ptr=2
      \tffffffffc0001020 hook+0x20 ([nf_tables])

      """
    let found = try run("kmem:kfree { @[args.ptr, kstack] = count(); }", text)
    let first = "        kfree+102\n        0xffffffff960f8000\n"
    #expect(
      found.output == "@[1, \n\(first)]: 1\n@[2, \n        hook+32\n]: 1\n")
  }

  /// A capture of the kernel's own text: as many stacks of each kind as a simple count of its lines says.
  @Test func aCapture() throws {
    let path = try #require(Places.capture("stacks.txt"))
    var counts: [String: Int] = [:]
    var stack: [Substring]?
    for line in try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix(" => ") {
        stack?.append(line.dropFirst(4))
        continue
      }
      if let stack { counts[stack.joined(separator: ","), default: 0] += 1 }
      stack = line.hasSuffix("<stack trace>") ? [] : nil
    }
    let found = try StackTests.run(
      "kmem:* { @[kstack] = count(); }", try SourceFormat.open(path: path))
    var mine: [String: Int] = [:]
    for entry in found.output.split(separator: "@[") {
      let parts = entry.split(separator: "]: ")
      let names = parts[0].split(separator: "\n").map { $0.drop { $0 == " " } }
      mine[names.joined(separator: ","), default: 0] += Int(parts[1].filter(\.isNumber)) ?? -1
    }
    #expect(mine == counts && counts.values.reduce(0, +) == 21)
    #expect(found.warnings.isEmpty, "\(found.warnings)")
  }

  /// Where the text has a name ksym() takes it; for the rest, and in stacks, the symbols that are given are asked.
  @Test func functionsThatFieldsName() throws {
    let text =
      line(0, 42, "kfree: call_site=do_exit+0x1c/0x20 ptr=1")
      + line(0, 42, "<stack trace>") + " => kfree\n => 0xffffffff81000010\n"
      + line(0, 42, "kfree: call_site=0xffffffff81000010 ptr=1")
    let given = KernelSymbols(kallsyms: Array("ffffffff81000000 T given\n".utf8))
    let names = "kmem:kfree { @[ksym(args.call_site)] = count(); }"
    #expect(try run(names, text, symbols: given).output == "@[do_exit]: 1\n@[given]: 1\n")
    let both = "kmem:kfree { @[ksym(args.call_site), kstack] = count(); }"
    #expect(
      try run(both, text, symbols: given).output
        == "@[do_exit, \n        kfree\n        given+16\n]: 1\n@[given, \n]: 1\n")
    let without = try run(names, text)
    #expect(without.output == "@[0xffffffff81000010]: 1\n@[do_exit]: 1\n")
    #expect(without.warnings.contains { $0.contains("--kallsyms FILE brings them") })
  }
}
