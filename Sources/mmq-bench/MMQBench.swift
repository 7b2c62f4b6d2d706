// The benchmarks that there are.

import ArgumentParser

struct MMQBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mmq-bench",
    abstract: "Measures mmq: figures are medians of interleaved rounds, and ratios of one run.",
    subcommands: [
      RecordingsBench.self, LiveBench.self, InstructionsBench.self, HostBench.self, FaultLoop.self,
    ],
    defaultSubcommand: RecordingsBench.self)
}
