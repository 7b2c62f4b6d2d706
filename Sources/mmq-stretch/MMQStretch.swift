// The command line of mmq-stretch.

public import ArgumentParser
import MMQTrace
public import MMQTraceWriter

struct MMQStretch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mmq-stretch",
    abstract: "Copies a trace.dat with its pages repeated, each time later.")

  @Argument(help: "The recording to copy; - is standard input.")
  var input: String

  @Argument(help: "The recording to write.")
  var output: String

  @Option(help: "How often the pages are written (1 if nothing is said).")
  var times: UInt64?

  @Option(help: "At least this many events, in whole repetitions.")
  var events: UInt64?

  @Option(help: "Seconds from one repetition to the next (the recording's own length).")
  var shift: Double?

  @Option(help: "The version of the output, 6 or 7 (that of the input).")
  var version: Int?

  @Option(help: "The compression of the output: none, zstd or zlib (that of the input).")
  var compression: RecordingCompression?

  @Option(help: "Only the first pages of each CPU.")
  var pages: Int?

  @Flag(help: "Leave the kernel's symbols out.")
  var dropSymbols = false

  @Flag(help: "Write a directory of raw sub-buffers beside their formats, as they are in tracefs.")
  var raw = false

  func validate() throws {
    if times != nil && events != nil {
      throw ValidationError("--times and --events exclude each other")
    }
    if let version, version != 6 && version != 7 {
      throw ValidationError("--version is 6 or 7")
    }
    if version == 6, let compression, compression != .none {
      throw ValidationError("version 6 has no compression")
    }
    if let shift, !(0...1e9).contains(shift) {
      throw ValidationError("--shift is from 0 to 1000000000 seconds")
    }
    if raw, times != nil || events != nil || version != nil || compression != nil {
      throw ValidationError("--raw takes the pages once, and as they are")
    }
    if let pages, pages < 0 { throw ValidationError("--pages is not negative") }
  }

  func run() throws {
    let source = try at(input) { () throws(TraceError) in try TraceDat(path: input) }
    let result = try at(output) { () throws(TraceError) in
      raw ? try rawCopy.copy(source, to: output) : try stretch.copy(source, to: output)
    }
    for finding in source.damage.findings { print("\(input): \(finding.first)") }
    print("\(result.events) records, \(result.pages) pages, \(result.times) times")
  }

  private var rawCopy: RawCopy {
    var copy = RawCopy()
    copy.pages = pages
    copy.dropsSymbols = dropSymbols
    return copy
  }

  private var stretch: Stretch {
    var stretch = Stretch(events.map { .events($0) } ?? .times(times ?? 1))
    stretch.shift = shift.map { UInt64($0 * 1e9) }
    stretch.version = version
    stretch.compression = compression
    stretch.pages = pages
    stretch.dropsSymbols = dropSymbols
    return stretch
  }

  /// Names the file in the message.
  private func at<T>(_ path: String, _ body: () throws(TraceError) -> T) throws(TraceError) -> T {
    do throws(TraceError) {
      return try body()
    } catch {
      throw TraceError("\(path) \(error.message)")
    }
  }
}

extension RecordingCompression: ExpressibleByArgument {}
