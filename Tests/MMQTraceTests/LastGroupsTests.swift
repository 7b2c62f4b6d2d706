// Processes of threads, from records in any order.

import MMQTrace
import Testing

@Suite struct LastGroupsTests {
  private static let text = """
    name: task_newtask
    ID: 1
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;
    \tfield:unsigned long clone_flags;\toffset:16;\tsize:8;\tsigned:0;

    print fmt: "%d", REC->pid
    """

  private struct Start {
    var stamp: UInt64
    var maker: Int32
    var thread: Int32
    /// With CLONE_THREAD.
    var joins = true
  }

  private func list(
    _ starts: [Start], from seen: [(thread: Int32, process: Int32)]
  ) throws -> String {
    let schema = try FormatParser.parse(Array(Self.text.utf8), system: "task", longSize: 8).get()
    var groups = LastGroups(schemas: [schema])
    #expect(groups.types == [1])
    groups.take(seen)
    for start in starts {
      var bytes = [UInt8](repeating: 0, count: 24)
      withUnsafeBytes(of: start.maker) { bytes.replaceSubrange(4..<8, with: $0) }
      withUnsafeBytes(of: start.thread) { bytes.replaceSubrange(8..<12, with: $0) }
      bytes[18] = start.joins ? 1 : 0
      bytes.withUnsafeBytes {
        groups.take(
          1, EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: .host), at: start.stamp)
      }
    }
    return String(decoding: groups.text, as: UTF8.self)
  }

  /// 10 makes the process 20, which makes the thread 21, which makes 22.
  @Test func theOrderOfReadingDoesNotMatter() throws {
    let starts = [
      Start(stamp: 5, maker: 10, thread: 20, joins: false), Start(stamp: 6, maker: 20, thread: 21),
      Start(stamp: 7, maker: 21, thread: 22), Start(stamp: 8, maker: 11, thread: 12),
    ]
    let wanted = "10 10\n11 10\n12 10\n20 20\n21 20\n22 20\n"
    #expect(try list(starts, from: [(10, 10), (11, 10)]) == wanted)
    #expect(try list(starts.reversed(), from: [(10, 10), (11, 10)]) == wanted)
  }

  /// The number of a thread that has ended is another one's by now: the later one counts.
  @Test func aNumberIsUsedAgain() throws {
    let starts = [
      Start(stamp: 9, maker: 10, thread: 11, joins: false), Start(stamp: 5, maker: 30, thread: 11),
      Start(stamp: 7, maker: 11, thread: 12),
    ]
    // Of 12 it is not known any more: its maker was another thread 11.
    #expect(try list(starts, from: [(10, 10), (30, 30)]) == "10 10\n11 11\n30 30\n")
  }

  @Test func whatNobodySawIsUnknown() throws {
    #expect(try list([Start(stamp: 3, maker: 7, thread: 8)], from: []) == "")
  }
}
