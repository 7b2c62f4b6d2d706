// The options of `mmq record` that say how much is recorded.

internal import ArgumentParser
internal import MMQTraceWriter

struct RecordingExtent: ParsableArguments {
  @Option(
    help: .init(
      "Begin a new file before one gets larger than this, such as 100M or 1G.",
      discussion: "FILE is the newest one, FILE.1 the one before, and so on.", valueName: "size"))
  var size: MemorySize?

  @Option(
    help: .init("Keep so many of the newest files; with --size, else 2.", valueName: "n"))
  var files: Int?

  func validate() throws {
    if let files {
      guard size != nil else { throw ValidationError("--files is about files of --size") }
      guard (1...1000).contains(files) else {
        throw ValidationError("--files takes a number from 1 to 1000")
      }
    }
  }

  var limits: RecordingLimits {
    RecordingLimits(size: size.map { UInt64($0.bytes) }, files: files ?? 2)
  }
}
