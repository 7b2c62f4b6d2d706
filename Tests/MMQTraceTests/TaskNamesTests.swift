// Names of tasks in a run that may go on for days: those that no task has any more go.

import MMQTrace
import Testing

@Suite struct TaskNamesTests {
  private static func schema(_ id: Int, _ system: String, _ name: String) throws -> EventSchema {
    let text = """
      name: \(name)
      ID: \(id)
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;
      \tfield:char comm[16];\toffset:12;\tsize:16;\tsigned:0;

      print fmt: "%d", REC->pid
      """
    return try FormatParser.parse(Array(text.utf8), system: system, longSize: 8).get()
  }

  /// A record of task_newtask (1) or sched_process_free (2).
  private static func tell(_ names: TaskNames, _ type: UInt16, _ thread: Int32, _ comm: String) {
    var bytes = [UInt8](repeating: 0, count: 28)
    withUnsafeBytes(of: type) { bytes.replaceSubrange(0..<2, with: $0) }
    withUnsafeBytes(of: thread) { bytes.replaceSubrange(8..<12, with: $0) }
    bytes.replaceSubrange(12..<(12 + comm.utf8.count), with: comm.utf8)
    bytes.withUnsafeBytes {
      names.pass(
        Int(type), EventRef(base: $0.baseAddress!, size: $0.count, byteOrder: .host))
    }
  }

  private static func make() throws -> TaskNames {
    TaskNames(
      saved: [(1, "init"), (2, "a name that is longer than the kernel's")],
      schemas: [
        try schema(1, "task", "task_newtask"), try schema(2, "sched", "sched_process_free"),
      ], followsEnds: true)
  }

  private func name(_ thread: Int32, _ names: TaskNames) -> String? {
    names.name(of: thread).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aFloodOfNamesIsBounded() throws {
    let names = try Self.make()
    #expect(names.types == [1, 2])
    var most = 0
    for task in 0..<100_000 as Range<Int32> {
      let thread = 1000 + task % 20_000
      Self.tell(names, 1, thread, "t\(task)")
      #expect(name(thread, names) == "t\(task)")
      // Its records come until then.
      if task % 10 != 0 { Self.tell(names, 2, thread, "t\(task)") }
      if names.wantsTidying { names.tidy() }
      most = max(most, names.count)
    }
    #expect(most < 20_000, "\(most) of 100 000")
    #expect(names.size == names.count * 128)
    #expect(name(1, names) == "init")
    #expect(name(2, names) == "a name that is longer than the kernel's")
    for task in stride(from: 80_000 as Int32, to: 100_000, by: 10) {
      #expect(name(1000 + task % 20_000, names) == "t\(task)")
    }
  }

  @Test func aThreadThatEndedHasItsNameUntilNamesAreTidied() throws {
    let names = try Self.make()
    Self.tell(names, 1, 7, "short")
    Self.tell(names, 2, 7, "short")
    #expect(name(7, names) == "short")
    names.tidy()
    #expect(name(7, names) == nil)
    // A new thread of that number is another one.
    Self.tell(names, 1, 8, "old")
    Self.tell(names, 2, 8, "old")
    Self.tell(names, 1, 8, "new")
    names.tidy()
    #expect(name(8, names) == "new")
  }

  @Test func aThreadThatIsGoneIsLookedForOnce() throws {
    let names = try Self.make()
    var asked = 0
    let look: (Int32) -> [UInt8]? = { _ in
      asked += 1
      return nil
    }
    let id = names.find(5, look)
    #expect(id != 0 && names.nameID(of: 5) == id && asked == 1)
    #expect(names.bytes(of: id) == Array("<...>".utf8))
    names.tidy()
    #expect(names.nameID(of: 5) == id)
  }

  @Test func recordingsDoNotFollowEnds() throws {
    let names = TaskNames(
      saved: [], schemas: [try Self.schema(2, "sched", "sched_process_free")])
    #expect(names.types == [])
  }
}
