// Every row of the builtin tables: its example, and what the rows have in common.

import MMQ
import Testing

struct BuiltinExampleTests {
  @Test(arguments: Builtin.all.compactMap { row in row.example.map { (row.name, $0) } })
  func printsWhatItSays(_ row: (name: String, example: Builtin.Example)) throws {
    let run = try Run(row.example.program)
    #expect(run.ids.isEmpty, "\(row.name)")
    #expect(run.output == row.example.output, "\(row.name)")
    #expect(row.example.program.contains(row.name))
  }

  @Test func namesAreUnique() {
    let names = Builtin.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test func signaturesBeginWithTheName() {
    for row in Builtin.all {
      #expect(row.signature.hasPrefix(row.name), "\(row.name)")
      #expect(!row.summary.isEmpty)
    }
  }

  /// Rows whose output differs from machine to machine, or that need a special source.
  @Test func fewRowsHaveNoExample() {
    let without = Builtin.all.filter { $0.example == nil }.map(\.name).sorted()
    #expect(
      without == [
        "buffer", "cgroup", "cgroup_path", "comm", "cpu", "errorf", "gid", "has_event", "has_field",
        "jiffies",
        "kaddr",
        "kstack", "ksym", "ncpus", "nsecs", "numaid", "pid", "rand", "syscall_name", "system",
        "tid", "time",
        "uid", "usermode", "username", "vmstat", "warnf",
      ])
  }

  /// A function's name without parentheses is a call without arguments.
  @Test func namesOfFunctionsAloneAreErrors() throws {
    for row in Builtin.all where ["printf", "strlen", "str", "cat", "clear"].contains(row.name) {
      #expect(try Run("begin { \(row.name); }").ids == ["argument-count"])
    }
  }
}
