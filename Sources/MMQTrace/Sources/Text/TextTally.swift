// What is wrong with the lines of a text.

/// What lines are that could not be used, or not as a whole: counted by kind, with the first one's number.
struct TextTally {
  enum Kind: CaseIterable {
    case unknownLine, brokenLine, zeros, numbered
    case newEvent, newField, otherForm, otherColumns, backInTime, noGroup, folded, cut
  }

  private(set) var found: [Kind: (count: UInt64, line: UInt64, what: String)] = [:]

  /// What follows events and may be the rest of them.
  var folds = TextFold()

  mutating func note(
    _ kind: Kind, _ line: UInt64, count: UInt64 = 1, _ what: @autoclosure () -> String
  ) {
    if found[kind] == nil { found[kind] = (0, line, what()) }
    found[kind]?.count += count
  }

  /// Says all of it, once however many passes there are.
  func report(to damage: DamageLog) {
    folds.report(to: damage)
    for kind in Kind.allCases {
      guard let (count, line, what) = found[kind] else { continue }
      let lines = count == 1 ? "line \(line)" : "\(count) lines, the first of them line \(line),"
      let (are, have) = count == 1 ? ("is", "has") : ("are", "have")
      switch kind {
      case .unknownLine:
        damage.noteOnce(
          .note, "unknown lines", "\(lines) \(are) no event's, and skipped: `\(what)`")
      case .brokenLine:
        damage.noteOnce(
          .error, "broken lines",
          "\(lines) \(have) the time of an event, but cannot be read: `\(what)`")
      case .zeros:
        damage.noteOnce(
          .error, "zero bytes",
          "\(lines) \(have) zero bytes, and \(are) skipped: what was in their place is lost: `\(what)`"
        )
      case .numbered:
        damage.noteOnce(
          .note, "numbered",
          "\(lines) \(have) the number of an event and no fields: --formats names it (\(what)), which is right "
            + "only of the same kernel since its start")
      case .newEvent:
        damage.noteOnce(
          .error, "new events",
          "\(lines) \(are) skipped: of events that the first lines did not have, such as \(what); "
            + "--formats tells them from the start")
      case .newField:
        damage.noteOnce(
          .note, "new fields",
          "\(lines) \(have) fields that the first lines did not have (\(what)); --formats tells them"
        )
      case .otherForm:
        damage.noteOnce(
          .note, "other forms",
          "\(lines) \(have) not the form of the other ones or of the print fmt (\(what)): "
            + "fields of these events are unknown")
      case .otherColumns:
        damage.noteOnce(
          .note, "other columns",
          "\(lines) \(have) other columns than the rest: what is missing is 0 there")
      case .backInTime:
        damage.noteOnce(.note, "times", "\(lines) \(are) earlier than the line before")
      case .folded:
        damage.noteOnce(
          .note, "joined lines",
          "\(lines) \(are) the rest of the event in the line before, and joined with it: the text was folded"
        )
      case .cut:
        damage.noteOnce(
          .note, "cut",
          "line \(line), the last one, has no line break: the text may be cut there, and the line's "
            + "last value with it")
      case .noGroup:
        damage.noteOnce(
          .note, "no group", "\(lines) \(have) no thread group: pid is the thread's id there")
      }
    }
  }
}
