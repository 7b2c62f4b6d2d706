// The formats that mmq reads: a new one is a file of its own and a row here.

/// A kind of input file.
public struct SourceFormat: Sendable {
  /// As messages call it.
  public let name: String
  /// True if a file with this start (up to 64 bytes) is of the format.
  public let recognise: @Sendable (UnsafeRawBufferPointer) -> Bool
  let openFile: @Sendable (InputFile, EventFormats?) throws(TraceError) -> any TraceSource

  /// Every format, in the order in which they are tried.
  public static let all: [SourceFormat] = [
    SourceFormat(name: "trace.dat", recognise: TraceDat.recognises) {
      (file, _) throws(TraceError) in try TraceDat(file)
    },
    SourceFormat(name: "perf.data", recognise: PerfData.recognises) {
      (file, _) throws(TraceError) in try PerfData(file)
    },
    SourceFormat(
      name: "text of ftrace, trace-cmd report or perf script", recognise: TextSource.recognises
    ) {
      (file, formats) throws(TraceError) in try TextSource(file, formats)
    },
  ]

  /// Opens a file of any format, or a directory of raw sub-buffers; `-` is standard input. `formats` are for
  /// what has none of its own: text, and directories. Text that comes through a pipe is read as it comes.
  /// Throws a `TraceError`.
  public static func open(
    path: String, formats: EventFormats? = nil
  ) throws(TraceError) -> any TraceSource {
    if InputFile.isDirectory(path) { return try RawDirectory(path: path, formats: formats) }
    let pipe = try TextPipe(path: path)
    if let pipe, pipe.head.withUnsafeBytes(TextSource.recognises) {
      return try TextSource(pipe, name: path, formats)
    }
    let file: InputFile
    if let pipe { file = try InputFile(pipe, path: path) } else { file = try InputFile(path: path) }
    let head = try file.read(at: 0, count: Int(min(64, file.size)))
    guard let format = all.first(where: { head.withUnsafeBytes($0.recognise) }) else {
      throw TraceError("\(describe(head)); mmq reads \(all.map(\.name).joined(separator: ", "))")
    }
    let source = try format.openFile(file, formats)
    if formats != nil, !(source is TextSource) {
      source.damage.note("formats", "holds the formats of its events: others are not used")
    }
    if let problem = file.problem {
      source.damage.error("compressed input", "\(problem): the rest is missing")
    }
    return source
  }

  /// What a file is that no format recognises.
  private static func describe(_ head: [UInt8]) -> String {
    if head.isEmpty { return "is empty" }
    for (start, text) in known where head.starts(with: start) { return text }
    let bytes = head.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return "is of an unknown format (it starts with \(bytes.joined(separator: " ")))"
  }

  private static let known: [(start: [UInt8], text: String)] = [
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz: xz -dc FILE | mmq -i - …"),
    ([0x42, 0x5a, 0x68], "is compressed with bzip2: bzip2 -dc FILE | mmq -i - …"),
    ([0x04, 0x22, 0x4d, 0x18], "is compressed with lz4: lz4 -dc FILE | mmq -i - …"),
    ([0x50, 0x4b, 0x03, 0x04], "is a zip archive: unzip -p FILE | mmq -i - …"),
    ([0xff, 0xfe], "is text in UTF-16: iconv -f UTF-16 -t UTF-8 FILE | mmq -i - …"),
    ([0x7f, 0x45, 0x4c, 0x46], "is an ELF program"),
    (Array("mmqstate".utf8), "is a state, which mmq merge shows"),
  ]
}
