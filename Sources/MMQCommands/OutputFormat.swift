// How results are printed.

internal import Glibc
internal import MMQ

/// The word behind `-f`.
enum OutputFormat: String, CaseIterable {
  case text, json, csv

  /// Throws a Stop in bpftrace's words.
  init(name: String) throws {
    guard let format = OutputFormat(rawValue: name) else {
      throw Stop(
        status: Stop.usageError,
        message: "ERROR: Invalid output format \"\(name)\"\nHINT: it is text, json or csv")
    }
    self = format
  }

  /// What prints results of a script. `saysLosses`: as they occur, as text. `announcesProbes`: in JSON.
  /// `separator` goes between the output of the script and its maps, as text.
  func sink(
    for script: Script, to descriptor: Int32, saysLosses: Bool, announcesProbes: Bool = false,
    separator: String = ""
  ) -> any OutputSink {
    sink(
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
    }
  }
}
