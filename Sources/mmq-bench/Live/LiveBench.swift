// What tracing adds to a page fault: mmq beside bpftrace, and beside a ring that nobody reads.

import ArgumentParser
import Foundation
import MMQTrace

struct LiveBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live",
    abstract: "The running kernel: what mmq and bpftrace add to a page fault.",
    discussion: "Needs root, tracefs, and bpftrace (Debian's package) for its column.")

  @Option(help: "Rounds; medians are printed.")
  var rounds = 5

  @Option(help: "The mmq to measure.")
  var mmq = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/mmq"

  func run() throws {
    let tools = try tools()
    var times = Times()
    for round in 1...rounds {
      FileHandle.standardError.write(Data("round \(round) of \(rounds)\n".utf8))
      times.add("nothing", "", try faults())
      for query in LiveQuery.all {
        for tool in tools { times.add(tool.name, query.name, try tool.measure(query, faults)) }
      }
    }
    print(times.table(tools: tools.map(\.name)))
    for tool in tools.compactMap({ $0 as? ProgramUnderTest }) { try print(starts(of: tool)) }
    for tool in tools { tool.remarks.forEach { print($0) } }
  }

  private func tools() throws -> [any LiveTool] {
    let bpftrace = ProgramUnderTest("bpftrace", ["bpftrace", "-e"]) { $0.bpftrace }
    let own = ProgramUnderTest("mmq", [mmq, "-e"]) { $0.mmq }
    let ring = UnreadRing(try Tracefs())
    guard (try? Tracer(["bpftrace", "--version"]).end().contains("v")) == true else {
      print("SKIP bpftrace: it is not installed")
      return [own, ring]
    }
    return [bpftrace, own, ring]
  }

  /// Nanoseconds a page fault, on the last CPU: the tracer is free to use the others.
  private func faults() throws -> Double {
    let cpu = ProcessInfo.processInfo.activeProcessorCount - 1
    let loop = try Tracer([CommandLine.arguments[0], "fault-loop", "--cpu", "\(cpu)"])
    let text = loop.end()
    guard let time = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw ValidationError("the fault loop said: \(text)")
    }
    return time
  }

  private func starts(of tool: ProgramUnderTest) throws -> String {
    let times = try (0..<rounds).map { _ in try tool.timeToFirstEvent() }
    let memory = tool.peak.sorted()[tool.peak.count / 2]
    return "\(tool.name): start to first event \(Int(times.sorted()[rounds / 2])) ms; "
      + "peak memory without rings \(memory / 1024) MB"
  }
}

/// The questions that are asked, in both languages.
struct LiveQuery {
  let name: String
  let mmq: String
  let bpftrace: String
  /// In the kernel's filter language.
  var filter: String?

  static let event = "kmem:mm_page_alloc"

  static let all = [
    LiveQuery(
      name: "@[args.order] = count()", mmq: "\(event) { @[args.order] = count(); }",
      bpftrace: "tracepoint:\(event) { @[args->order] = count(); }"),
    LiveQuery(
      name: "@[comm] = count()", mmq: "\(event) { @[comm] = count(); }",
      bpftrace: "tracepoint:\(event) { @[comm] = count(); }"),
    LiveQuery(
      name: "a predicate that rejects all", mmq: "\(event) / args.order == 9 / { @ = count(); }",
      bpftrace: "tracepoint:\(event) / args->order == 9 / { @ = count(); }", filter: "order == 9"),
  ]
}
