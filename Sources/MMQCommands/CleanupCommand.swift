// `mmq cleanup`: removes what killed runs left in the kernel.

internal import ArgumentParser
internal import MMQTrace

struct CleanupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup",
    abstract: "Removes the trace instances of runs that were killed.",
    discussion: "Each live run does so at its start, too. Instances of others are left alone.")

  @Flag(name: [.customShort("n"), .long], help: "Only show what would be removed.")
  var dryRun = false

  func run() throws {
    var problems = 0
    try Recording.attempt {
      let writer = TracefsWriter(isPretending: dryRun) { Console.print($0 + "\n") }
      for (_, problem) in try Tracefs(mountingFor: writer).removeOrphans(writer) {
        guard let problem else { continue }
        Console.error("mmq: \(problem.message)")
        problems += 1
      }
    }
    if problems > 0 { throw Stop(status: Stop.dataError) }
  }
}
