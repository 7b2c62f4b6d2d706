// A script whose output makes the events that it prints is warned about.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct FeedingTests {
  private static func schema(_ system: String, _ name: String) throws -> EventSchema {
    let text = """
      name: \(name)
      ID: 9
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:long id;\toffset:8;\tsize:8;\tsigned:1;

      print fmt: "%ld", REC->id
      """
    return try FormatParser.parse(Array(text.utf8), system: system, longSize: 8).get()
  }

  private static func target(_ events: [(String, String)], isRead: Bool = true) throws -> Target {
    var target = Target(
      schemas: try events.map { try schema($0.0, $0.1) }, machine: try MadeTrace.open().machine)
    target.host.input = .live
    target.host.hasTracedReader = isRead
    return target
  }

  @Test(arguments: [
    "raw_syscalls:sys_enter { «printf(\"%d\\n\", args.id)»; }",
    "raw_syscalls:sys_enter / args.id > 5 / { if (args.id < 9) { @n++; «print(args.id)»; } }",
    "raw_syscalls:sys_enter { @ = count(); «print(@)»; }",
  ]) func outputThatFeedsItselfIsFound(_ text: String) throws {
    expectCheck(text, "feeds-itself", target: try Self.target([("raw_syscalls", "sys_enter")]))
  }

  @Test(arguments: [
    ("syscalls", "sys_enter_write"), ("sched", "sched_switch"),
    ("workqueue", "workqueue_execute_end"),
    ("kmem", "mm_page_free"),
  ]) func eventsOfReaders(_ system: String, _ name: String) throws {
    expectCheck(
      "\(system):\(name) { «print(1)»; }", "feeds-itself", target: try Self.target([(system, name)])
    )
  }

  @Test(arguments: [
    "raw_syscalls:sys_enter { @ = count(); } interval:s:1 { print(@); }",
    "raw_syscalls:sys_enter / pid == 7 / { print(1); }",
    "raw_syscalls:sys_enter / args.id == 3 && comm == \"x\" / { print(1); }",
    "raw_syscalls:sys_enter { if (tid == 7) { print(1); } }",
    "raw_syscalls:sys_enter { print(1); exit(); }",
    "raw_syscalls:sys_enter { @[comm] = count(); }",
  ]) func otherOutputIsNot(_ text: String) throws {
    expectCheck(text, target: try Self.target([("raw_syscalls", "sys_enter")]))
  }

  @Test func rareEventsFeedNothing() throws {
    expectCheck("oom:mark_victim { print(1); }", target: try Self.target([("oom", "mark_victim")]))
  }

  @Test func whereNobodyReadsNothingIsFed() throws {
    expectCheck(
      "raw_syscalls:sys_enter { print(1); }",
      target: try Self.target([("raw_syscalls", "sys_enter")], isRead: false))
  }
}
