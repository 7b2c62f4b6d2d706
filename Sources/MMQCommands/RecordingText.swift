// What was recorded, in words.

internal import MMQTraceWriter

enum RecordingText {
  /// `Recorded 2042 records, 31337 bytes, into trace.dat; lost 17 events on CPU 0, 4 on CPU 1`, and a line
  /// for each file where there are several.
  static func summary(_ account: RecordingAccount, _ path: String) -> String {
    let records = count(account.records, "record")
    let bytes = account.files.reduce(0) { $0 + $1.bytes }
    let place = account.files.count > 1 ? "\(account.files.count) files" : path
    return "Recorded \(records), \(bytes) bytes, into \(place); \(losses(account))"
      + (account.files.count > 1 ? "\n" + files(account, path) : "")
  }

  private static func losses(_ account: RecordingAccount) -> String {
    let losses = account.cpus.filter { $0.lost > 0 }.enumerated().map { index, cpu in
      (index == 0 ? count(cpu.lost, "event") : "\(cpu.lost)") + " on CPU \(cpu.cpu)"
    }
    return losses.isEmpty ? "no events were lost" : "lost " + losses.joined(separator: ", ")
  }

  /// Newest first, and what is gone.
  private static func files(_ account: RecordingAccount, _ path: String) -> String {
    let gone = account.files.filter { $0.path == nil }
    var lines = account.files.reversed().compactMap { file in
      file.path.map { "  \($0): \(count(file.records, "record")), \(file.bytes) bytes" }
    }
    if !gone.isEmpty {
      let records = gone.reduce(0) { $0 + $1.records }
      lines.append(
        "  \(gone.count) older file\(gone.count == 1 ? " was" : "s were") replaced, with "
          + count(records, "record"))
    }
    return lines.joined(separator: "\n")
  }

  /// `CPU 1: 2000 records in 31 sub-buffers; lost 4`
  static func line(_ cpu: RecordingAccount.CPU) -> String {
    "CPU \(cpu.cpu): \(count(cpu.records, "record")) in \(count(cpu.subBuffers, "sub-buffer"))"
      + (cpu.lost > 0 ? "; lost \(cpu.lost)" : "")
  }

  /// `12 s: 123456 records, 3.4 MB, 0 lost`
  static func line(_ progress: RecordingProgress, _ seconds: Double) -> String {
    let megabytes = Double(progress.bytes) / 1e6
    return "\(Int(seconds)) s: \(count(progress.records, "record")), \(megabytes.withTenths) MB, "
      + "\(progress.lost) lost"
  }

  private static func count(_ number: UInt64, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }
}
