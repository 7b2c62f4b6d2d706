// Runs over several sources: one after the other, with one set of maps.

internal import MMQTrace

extension Session {
  /// Reads the sources behind this one; the time of the last one's last record.
  func readFollowers(_ machine: borrowing Machine) throws -> UInt64 {
    var last = lastTime
    for (index, source) in followers.enumerated() where !run.isExiting {
      if eventTexts == nil { eventTexts = sentencesOfEventLine() }
      let follower = Session(
        script, source, at: index + 1, followedBy: [], code, run, options: options,
        names: Session.names(script, source), pool: pool, wantsMaps: wantsMaps)
      follower.namesInputs = true
      run.makeEventLine = { [options] in EventLine(source, symbols: options.kernelSymbols) }
      follower.spans = spans
      try follower.read(machine)
      take(follower)
      last = follower.lastTime
    }
    return last
  }

  /// What a follower found; the run itself is this one's, too.
  private func take(_ follower: Session) {
    spans.append(follower.span)
    outcome.records += follower.outcome.records
    selected += follower.selected
    outcome.losses += follower.outcome.losses
    laterWarnings += follower.runWarnings(
      eventTexts: follower.sentencesOfEventLine()
    ).foundInSource()
  }

  /// What messages call one of the source's inputs: nothing where there is only one.
  func inputName(_ input: Int) -> String {
    namesInputs || !followers.isEmpty || source.inputs.count > 1 ? source.inputs[input].name : ""
  }
}
