// What `run` and `record` have in common beside what they trace: how much is said, and how strictly.

internal import ArgumentParser

struct CommonFlags: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Only errors on standard error.")
  var quiet = false

  @Flag(
    name: .shortAndLong, help: "Say what is set up, how many records there were, and how fast.")
  var verbose = false

  @Flag(help: "Exit with 3 if events were lost or the input is damaged.")
  var strict = false

  @Flag(
    name: [.customShort("n"), .long],
    help: "Check the script or the probes; show what would be done to the kernel.")
  var dryRun = false

  /// A step of what is set up: the output of a dry run, and a remark of a real one.
  func showStep(_ step: String) {
    if dryRun { Console.print(step + "\n") } else if verbose { Console.error(step) }
  }

  /// What a live run does so that it outlives a shortage of memory. Last, when nothing can go wrong any
  /// more.
  func surviveShortage() { Survival(isPretending: dryRun, record: showStep).prepare() }
}
