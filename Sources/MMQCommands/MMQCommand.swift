// The command `mmq`: its subcommands, and how it ends.

internal import ArgumentParser
internal import Glibc

struct MMQCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mmq",
    abstract: "Asks questions of Linux's memory tracepoints.",
    discussion: """
      Examples:
        mmq -e 'oom:mark_victim { print(comm); }'    # live, until Ctrl-C
        mmq -e 'kmem:mm_page_alloc { @[comm] = count() }' -i trace.dat
        mmq Examples/direct-reclaim.mmq -i trace.dat
        mmq recipe mm-health                    # a shipped script
        mmq record -o trace.dat 'vmscan:*'      # a recording, until Ctrl-C
        mmq events -i trace.dat                 # as the kernel prints them
        mmq list -v -i trace.dat 'vmscan:*reclaim*'
        mmq kswapd.mmq -i a.dat --state a.mmqs  # for mmq merge a.mmqs b.mmqs
        mmq repl -i trace.dat                   # a prompt; plain mmq asks live
      """,
    version: version,
    subcommands: [
      RunCommand.self, EventsCommand.self, RecipeCommand.self, ReplCommand.self,
      RecordCommand.self, MergeCommand.self, ListCommand.self, InfoCommand.self, CheckCommand.self,
      FmtCommand.self,
      CleanupCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static let version = "mmq 0.1.0"
}

/// Runs the program's command line and exits: 0 is success, or the script's own code; 1 a run-time
/// or data error; 2 wrong usage or an error in the script; 3 an incomplete result under --strict.
public func runMMQ() -> Never {
  var words = CommandLineWords.own
  do {
    if words.isEmpty, Console.inputIsTerminal, Console.outputIsTerminal {
      words = [ReplCommand._commandName]
    }
    words = try UnknownWords.ofHelp(words)
    var command = try MMQCommand.parseAsRoot(words)
    try RepeatedOptions.refuse(words)
    try command.run()
    exit(0)
  } catch let stop as Stop {
    if let message = stop.message { Console.error(message) }
    exit(stop.status)
  } catch {
    let isHelp = MMQCommand.exitCode(for: error) == .success
    guard isHelp else {
      Console.error(UnknownWords.message(for: error, words))
      exit(Stop.usageError)
    }
    Console.print(CompletionScript.completed(MMQCommand.fullMessage(for: error)) + "\n")
    exit(0)
  }
}

/// Ends the command with a status.
struct Stop: Error {
  static let dataError: Int32 = 1
  static let usageError: Int32 = 2
  static let incomplete: Int32 = 3

  var status: Int32
  /// For stderr; nil where all is said.
  var message: String?
}
