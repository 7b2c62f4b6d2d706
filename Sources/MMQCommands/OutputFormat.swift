// How results are printed.

internal import Glibc
internal import MMQ

/// The word behind `-f`.
enum OutputFormat: String, CaseIterable {
  case text, json, csv, folded

  /// Throws a Stop in bpftrace's words.
  init(name: String) throws {
    guard let format = OutputFormat(rawValue: name) else {
      throw Stop(
        status: Stop.usageError,
        message: "ERROR: Invalid output format \"\(name)\"\nHINT: it is text, json, csv or folded")
    }
    self = format
  }

  /// What prints results of a script. `saysLosses`: as they occur, as text. `announcesProbes`: in JSON.
  /// `separator` goes between the output of the script and its maps, as text. Throws a Stop where the script has
  /// nothing to print in this format.
  func sink(
    for script: Script, to descriptor: Int32, saysLosses: Bool, announcesProbes: Bool = false,
    separator: String = ""
  ) throws -> any OutputSink {
    if self == .folded { return try folded(script, to: descriptor, saysLosses: saysLosses) }
    return sink(
      keyColumns: script.keyColumns, escapes: isatty(descriptor) == 1, saysLosses: saysLosses,
      announcesProbes: announcesProbes, separator: separator
    ) { Console.write($0, to: descriptor) }
  }

  /// As above, for any place to write to.
  func sink(
    keyColumns: Int, escapes: Bool = false, saysLosses: Bool = false,
    announcesProbes: Bool = false, separator: String = "",
    write: @escaping (UnsafeRawBufferPointer) -> Void
  ) -> any OutputSink {
    switch self {
    case .text:
      TextRenderer(
        escapesControlBytes: escapes, separator: separator, saysLosses: saysLosses,
        diagnostics: Console.error, write: write)
    case .json: JSONRenderer(announcesProbes: announcesProbes, write: write)
    case .csv: CSVRenderer(keyColumns: keyColumns, escapesControlBytes: escapes, write: write)
    case .folded:
      FoldedRenderer(
        namesMaps: false,
        others: OutputFormat.text.sink(
          keyColumns: keyColumns, escapes: escapes, saysLosses: saysLosses, write: write),
        say: Console.error, write: write)
    }
  }

  /// What is no stack goes to stderr, so that standard output can go into a pipe.
  private func folded(
    _ script: Script, to descriptor: Int32, saysLosses: Bool
  ) throws -> any OutputSink {
    guard script.foldedMaps > 0 else {
      throw Stop(
        status: Stop.usageError,
        message: "mmq: -f folded prints numbers by stack, and no map of this script has them\n"
          + "HINT: write @[kstack] = count(), or @[comm, kstack] = sum(args.bytes_alloc)")
    }
    let others = TextRenderer(
      escapesControlBytes: isatty(STDERR_FILENO) == 1, separator: "", saysLosses: saysLosses,
      diagnostics: Console.error
    ) { Console.write($0, to: STDERR_FILENO) }
    return FoldedRenderer(
      namesMaps: script.foldedMaps > 1, others: others, say: Console.error
    ) { Console.write($0, to: descriptor) }
  }
}
