// What the kernel saved of threads: `saved_cmdlines` and `saved_tgids` of tracefs, or copies of them.

enum SavedTasks {
  /// Lines of `tid comm`; a comm may hold blanks.
  static func comms(_ text: [UInt8], _ damage: DamageLog) -> [(tid: Int32, comm: String)] {
    lines(text, damage, of: "names").map { ($0.tid, String(decoding: $0.rest, as: UTF8.self)) }
  }

  /// Lines of `tid tgid`: which process a thread belongs to.
  static func groups(
    _ text: [UInt8], _ damage: DamageLog
  ) -> [(thread: Int32, process: Int32)] {
    lines(text, damage, of: "processes").compactMap { line in
      Int32(String(decoding: line.rest, as: UTF8.self)).map { (line.tid, $0) }
    }
  }

  private static func lines(
    _ text: [UInt8], _ damage: DamageLog, of what: String
  ) -> [(tid: Int32, rest: ArraySlice<UInt8>)] {
    text.split(whereSeparator: { $0 == 10 || $0 == 0 }).compactMap { line in
      guard let space = line.firstIndex(of: 32),
        let tid = Int32(String(decoding: line[..<space], as: UTF8.self))
      else {
        damage.note("saved \(what)", "a line of the saved \(what) of threads cannot be read")
        return nil
      }
      return (tid, line[(space + 1)...])
    }
  }
}
