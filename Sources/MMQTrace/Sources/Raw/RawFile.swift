// Finding the files of sub-buffers in a directory.

internal import CLinux

/// One CPU's sub-buffers of one buffer.
struct RawFile: Sendable {
  let cpu: UInt32
  let buffer: String
  let file: InputFile

  /// All that hold something, in order of buffer, then CPU: those of the top-level buffer, and of
  /// `instances/`. Throws where there are none.
  static func all(in directory: String, _ damage: DamageLog) throws(TraceError) -> [RawFile] {
    guard !clinux_is_tracefs(directory) else {
      throw TraceError("is the running kernel's tracefs: leave -i out to trace")
    }
    var files = try of("", below: directory, damage)
    for instance in KernelFile.entries(of: directory + "/instances") {
      files += try of(instance, below: "\(directory)/instances/\(instance)", damage)
    }
    guard !files.isEmpty else {
      throw TraceError(
        "is a directory without sub-buffers: mmq looks for per_cpu/cpuN/trace_pipe_raw, per_cpu/cpuN "
          + "and cpuN; recordings that lie in it are named one by one")
    }
    return files
  }

  private static func of(
    _ buffer: String, below directory: String, _ damage: DamageLog
  ) throws(TraceError) -> [RawFile] {
    var files: [RawFile] = []
    var known: Set<UInt32> = []
    for place in [directory + "/per_cpu", directory] {
      for name in KernelFile.entries(of: place) {
        guard let cpu = cpu(name), let file = try file("\(place)/\(name)") else { continue }
        if known.insert(cpu).inserted {
          files.append(RawFile(cpu: cpu, buffer: buffer, file: file))
        } else {
          let title = Extent.title(cpu, buffer)
          damage.error("doubled CPU", "\(title) is there twice; \(place)/\(name) is skipped")
        }
      }
    }
    return files.sorted { $0.cpu < $1.cpu }.filter { $0.file.size > 0 }
  }

  /// The file, or the one in the directory of that name; nil for other directories.
  private static func file(_ path: String) throws(TraceError) -> InputFile? {
    if !InputFile.isDirectory(path) { return try InputFile(path: path) }
    return try? InputFile(path: path + "/trace_pipe_raw")
  }

  /// The number in `cpu0`, `cpu0.raw` and `trace.dat.cpu0`, which trace-cmd leaves when it is killed.
  static func cpu(_ name: String) -> UInt32? {
    let parts = name.split(separator: ".")
    let numbers = [parts.first, parts.last].compactMap { part in
      part.flatMap { $0.hasPrefix("cpu") ? UInt32($0.dropFirst(3)) : nil }
    }
    return numbers.first
  }
}
