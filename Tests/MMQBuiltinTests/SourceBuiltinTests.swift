// Builtins that depend on the source: processes, buffers, names, and what a recording cannot tell.

import Glibc
import MMQ
import Testing

struct SourceBuiltinTests {
  @Test func pidIsTheProcessWhereTheRecordingTellsIt() throws {
    let run = try Run("net:packet { printf(\"%d/%d \", pid, tid); }")
    #expect(run.output == "100/100 100/101 200/201 300/300 ")
    #expect(run.warnings.filter { $0.contains("process of some threads") }.count == 1)
    let known = try Run("net:packet /tid < 300/ { @[pid] = count(); }")
    #expect(known.output == "@[200]: 1\n@[100]: 2")
    #expect(known.warnings == [])
  }

  @Test func bufferIsTheInstance() throws {
    let run = try Run("net:packet { @[buffer] = count(); }")
    #expect(run.output == "@[second]: 1\n@[]: 3")
    #expect(try Run("begin { print(buffer); }").ids == ["not-in-event"])
  }

  @Test func namesComeFromTheRecording() throws {
    #expect(try Run("begin { printf(\"%x\", kaddr(\"schedule\")); }").output == "ffffffff81001000")
    #expect(try Run("begin { print(kaddr(\"nothing\")); }").ids == ["unknown-symbol"])
    let calls = try Run(
      "begin { print((syscall_name(0), syscall_name(59), syscall_name(435), syscall_name(-1))); }")
    #expect(calls.output == "(read, execve, clone3, -1)")
    #expect(try Run("begin { print(ncpus); }").output == "2")
  }

  @Test(arguments: [
    ("print(signal_name(2))", "Interrupt"), ("print(signal_name(0))", "Unknown signal 0"),
    ("print(signal_name(1024))", "N/A"), ("print(signal_name(-1))", "N/A"),
    ("print(strerror(7))", "Argument list too long"),
  ])
  func numbersHaveNames(_ call: String, _ output: String) throws {
    #expect(try Run("begin { \(call); }").output == output)
  }

  @Test func randIsTheSameForTheSameSeed() throws {
    let program = "begin { printf(\"%u %u\", rand, rand()); }"
    let first = try Run(program).output
    #expect(try Run(program).output == first)
    let other = try Run(program) { $0.seed = 1 }.output
    #expect(other != first)
    // SplitMix64 of seed 1 begins with 0x910a2dec89025cc1.
    #expect(other.hasPrefix("\(0x910a_2dec as UInt32) "))
  }

  @Test func ownValuesAreRefusedInEvents() throws {
    for name in ["uid", "gid", "username", "cgroup", "jiffies", "usermode", "cgroup_path(1)"] {
      #expect(try Run("net:packet { print(\(name)); }").ids == ["unknown-here"], "\(name)")
      #expect(try Run("begin { print(\(name)); }").ids == [], "\(name)")
    }
    #expect(try Run("begin { print((uid, gid)); }").output == "(\(getuid()), \(getgid()))")
    #expect(try Run("begin { print(pid); }").output == "\(getpid())")
  }

  @Test func aRecordingHasNoTopologyAndNoCounters() throws {
    #expect(try Run("begin { print(numaid); }").ids == ["unknown-here"])
    #expect(try Run("begin { print(vmstat(\"pgfault\")); }").ids == ["no-vmstat"])
    #expect(try Run("begin { print(nsecs(tai)); }").ids == ["bad-argument"])
    #expect(try Run("begin { print(is_live); }").output == "false")
  }

  @Test func withoutARecordingTheyAreMmqsOwn() throws {
    let run = try Run("begin { print((numaid, vmstat(\"pgfault\") > 0, nsecs(boot) > 0)); }") {
      $0.input = .none
    }
    #expect(run.output.hasSuffix("true, true)"))
    let wrong = try Run("begin { print(vmstat(\"nothing\")); print(nsecs(sun)); }") {
      $0.input = .none
    }
    #expect(wrong.ids == ["bad-argument", "bad-argument"])
  }

  @Test(arguments: [
    ("begin", "special"), ("end", "special"), ("interval:s:1", "interval"),
    ("net:packet", "tracepoint"),
  ])
  func probetypeIsAConstant(_ probe: String, _ type: String) throws {
    // The recording spans less than a second: 0.2 s ticks.
    let attach = probe == "interval:s:1" ? "interval:ms:200" : probe
    #expect(try Run("\(attach) { print(probetype); exit(); }").output == type)
  }
}
