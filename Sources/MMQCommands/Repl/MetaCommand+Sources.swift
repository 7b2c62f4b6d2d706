// Commands about what is asked: recordings, the running kernel, events and fields.

internal import MMQ
internal import MMQTrace

extension MetaCommand {
  static let sourceCommands = [
    MetaCommand(".open", "FILE", .file, "asks this recording from now on; maps stay") {
      session, path in
      guard !path.isEmpty else { throw Stop.wants(".open FILE") }
      try session.input.open([FileNames.expanded(path)])
      session.greet()
    },
    MetaCommand(".live", "", .nothing, "asks the running kernel from now on; maps stay") {
      session, _ in
      session.input.goLive()
      session.greet()
    },
    MetaCommand(".probes", "[PATTERN]", .event, "lists events, such as .probes vmscan:*") {
      session, pattern in
      let target = try session.input.target()
      Pager.show(
        try ProbeList.text(
          of: target.distinctSchemas, pattern.isEmpty ? nil : pattern, isVerbose: false))
    },
    MetaCommand(
      ".fields", "EVENT", .event, "lists an event's fields, their types and the names of values"
    ) { session, pattern in
      guard !pattern.isEmpty else { throw Stop.wants(".fields EVENT") }
      let target = try session.input.target()
      Pager.show(
        try ProbeList.text(of: target.distinctSchemas, pattern, isVerbose: true))
    },
  ]
}

extension Stop {
  /// A command of the prompt got something else.
  static func wants(_ usage: String) -> Stop {
    Stop(status: usageError, message: "mmq: the command is \(usage)")
  }
}
