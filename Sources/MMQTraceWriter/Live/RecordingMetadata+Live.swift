// Metadata of recordings of the running kernel.

internal import Glibc
internal import MMQTrace

extension RecordingMetadata {
  /// What a file says besides its sub-buffers: as trace-cmd 3.1.6 writes it.
  init(
    _ source: LiveSource, _ texts: LiveTexts, _ recorded: [RecordingAccount.CPU],
    names: [UInt8], processes: [UInt8], recorder: String
  ) {
    let machine = source.machine
    let last = recorded.map(\.cpu).max() ?? 0
    let cpus = max(last + 1, UInt32(clamping: machine.cpuCount ?? 1))
    self.init(
      byteOrder: machine.byteOrder, longSize: machine.longSize,
      pageSize: UInt32(clamping: machine.pageSize), cpuCount: cpus)
    setHeaders(page: texts.headerPage, event: texts.headerEvent)
    setFormats(texts.formats)
    setKernelSymbols(texts.kernelSymbols)
    setPrintkFormats(texts.printkFormats)
    setSavedComms(names, groups: processes)
    addOption(4, text: String(decoding: texts.clocks, as: UTF8.self))
    addOption(5, text: RecordingMetadata.uname)
    addOption(8, number: cpus)
    addOption(9, text: recorder)
    for cpu in recorded {
      guard let text = cpu.statistics?.text else { continue }
      addOption(2, text: "CPU: \(cpu.cpu)\n\(text)\n\n")
    }
  }

  /// System, name of the machine, release, kind of machine.
  private static var uname: String {
    var name = utsname()
    Glibc.uname(&name)
    func text(_ part: some Any) -> String {
      withUnsafeBytes(of: part) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return [text(name.sysname), text(name.nodename), text(name.release), text(name.machine)]
      .joined(separator: " ")
  }
}
