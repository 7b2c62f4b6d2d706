// The same events from machines of either byte order, with 4- and 8-byte longs, give the same output.

import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct ByteOrderTests {
  static let script = """
    made:value {
      printf("%d %d %d %d %d %d %d %lu %d\\n", nsecs, tid, args.u8, args.s8, args.u16, args.s16,
        args.u32, args.u64, args.s64);
      printf("%s %s %s %s %p %d %d\\n", comm, args.name, args.text, args.state, args.address,
        args.s32, args.flag);
      @[args.mode, args.state, args.text] = count();
    }
    made:tick, made:tock { @sum[probe] = sum(args.number); }
    interval:ms:500 { @ticks++; }
    """

  static func output(_ order: ByteOrder, _ longSize: Int) throws -> String {
    let source = try MadeTrace.open(order: order, longSize: longSize)
    return try ScriptRun(Source(name: "order", script), source).output
  }

  @Test(arguments: [(ByteOrder.little, 4), (.big, 4), (.big, 8)])
  func sameOutput(_ order: ByteOrder, _ longSize: Int) throws {
    let wanted = try Self.output(.little, 8)
    #expect(wanted.contains("1000000000 10 255 -1 65535 -2 4294967295 18446744073709551615 -4"))
    #expect(wanted.contains("worker a alpha hello busy 0xffffffff81001000 -3 1"))
    let found = try Self.output(order, longSize)
    #expect(found == wanted, "\(found)")
  }
}
