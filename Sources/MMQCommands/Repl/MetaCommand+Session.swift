// Commands about the session itself.

internal import MMQ

extension MetaCommand {
  static let sessionCommands = [
    MetaCommand(
      ".format", OutputFormat.allCases.map(\.rawValue).joined(separator: "|"),
      .word(OutputFormat.allCases.map(\.rawValue)),
      "how results are printed"
    ) {
      session, name in
      guard !name.isEmpty else { return Console.print(session.settings.format.rawValue + "\n") }
      session.settings.format = try OutputFormat(name: name)
    },
    MetaCommand(
      ".time", "on|off", .word(["on", "off"]), "whether the time of each answer is shown"
    ) {
      session, word in
      guard ["on", "off"].contains(word) else { throw Stop.wants(".time on|off") }
      session.settings.showsTime = word == "on"
    },
    MetaCommand(
      ".help", "[NAME]", .topic,
      "this list, or what is said of a command, a function, a builtin or an event; also \\?"
    ) {
      session, name in
      Pager.show(name.isEmpty ? help : try HelpTopic(name).text(session.input))
    },
    MetaCommand(".quit", "", .nothing, "ends the session; also \\q, quit, exit and Ctrl-D") {
      session, _ in session.isOver = true
    },
  ]

  private static var help: String {
    let rows = all.map { (($0.name + " " + $0.usage).trimmingBlanks, $0.summary) }
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return """
      A program, an event such as kmem:mm_page_alloc, statements, or an expression such as @x[3] is
      run as soon as it is whole. Maps stay: the next question can read those that it does not
      assign. Ctrl-C stops a run or clears the line; Tab completes, twice it lists.


      """ + rows.map { $0.0.padded(to: width) + $0.1 + "\n" }.joined()
  }
}
