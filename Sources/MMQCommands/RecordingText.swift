// What was recorded, in words.

internal import MMQTraceWriter

enum RecordingText {
  /// `Recorded 2042 records, 31337 bytes, into trace.dat; lost 17 events on CPU 0, 4 on CPU 1`
  static func summary(_ account: RecordingAccount, _ path: String) -> String {
    let records = count(account.records, "record")
    let losses = account.cpus.filter { $0.lost > 0 }.enumerated().map { index, cpu in
      (index == 0 ? count(cpu.lost, "event") : "\(cpu.lost)") + " on CPU \(cpu.cpu)"
    }
    return "Recorded \(records), \(account.bytes) bytes, into \(path); "
      + (losses.isEmpty ? "no events were lost" : "lost " + losses.joined(separator: ", "))
  }

  /// `CPU 1: 2000 records in 31 sub-buffers; lost 4`
  static func line(_ cpu: RecordingAccount.CPU) -> String {
    "CPU \(cpu.cpu): \(count(cpu.records, "record")) in \(count(cpu.subBuffers, "sub-buffer"))"
      + (cpu.lost > 0 ? "; lost \(cpu.lost)" : "")
  }

  private static func count(_ number: UInt64, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }
}
