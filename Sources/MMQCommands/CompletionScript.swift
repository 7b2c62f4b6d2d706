// What the parser's completion scripts leave out: `run` needs not be named, and `help` has words.

enum CompletionScript {
  /// A script that the parser made, whichever shell it is for, and what is missing; other texts as they are.
  static func completed(_ script: String) -> String {
    if script.hasPrefix("#!/bin/bash") { return BashCompletion.completed(script) }
    if script.hasPrefix("#compdef mmq") { return ZshCompletion.completed(script) }
    return script.hasPrefix("function __mmq_") ? FishCompletion.completed(script) : script
  }

  static var commands: String { UnknownWords.commands.joined(separator: " ") }
}
