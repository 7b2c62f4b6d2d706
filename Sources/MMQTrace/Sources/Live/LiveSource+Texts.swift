// What the running kernel says of its events, in its own words: for those who write recordings.

/// Texts of tracefs and /proc as they are. Follows Documentation/trace/ftrace.rst of the kernel.
public struct LiveTexts: Sendable {
  /// `events/header_page` and `events/header_event` of the instance: how its sub-buffers are laid out.
  public var headerPage: [UInt8]
  /// How the head of a record is packed; see `headerPage`.
  public var headerEvent: [UInt8]
  /// The `format` of each event that was asked for, and of those of ftrace itself.
  public var formats: [(system: String, text: String)]
  /// `printk_formats`: strings that records name by address.
  public var printkFormats: [UInt8]
  /// /proc/kallsyms, with addresses of 0 for those who may not see them.
  public var kernelSymbols: [UInt8]
  /// `trace_clock`: all clocks, the one in use in brackets.
  public var clocks: [UInt8]
}

extension LiveSource {
  /// The names of the clocks that the kernel has, as `trace_clock` lists them: the one in use there has brackets.
  public var clocks: [String] {
    let names = KernelFile.line(of: tracefs.path + "/trace_clock") ?? ""
    return names.split(separator: " ").map { String($0.filter { !"[]\n".contains($0) }) }
  }

  /// The texts for a recording of these events (`system:name`); between `attach` and `detach`. Throws
  /// a `TraceError` where one that a reader cannot do without is not to be had.
  public func texts(of events: [String]) throws(TraceError) -> LiveTexts {
    guard let path = instance?.path else { throw TraceError("nothing is recorded now") }
    return LiveTexts(
      headerPage: try KernelFile.text(of: path + "/events/header_page"),
      headerEvent: try KernelFile.text(of: path + "/events/header_event"),
      formats: try formats(of: events + ftraceEvents),
      printkFormats: (try? KernelFile.text(of: tracefs.path + "/printk_formats")) ?? [],
      kernelSymbols: (try? KernelFile.text(of: "/proc/kallsyms")) ?? [],
      clocks: try KernelFile.text(of: path + "/trace_clock"))
  }

  private func formats(
    of events: [String]
  ) throws(TraceError) -> [(system: String, text: String)] {
    var formats: [(String, String)] = []
    for event in events {
      let parts = event.split(separator: ":")
      let file = "\(tracefs.path)/events/\(parts.joined(separator: "/"))/format"
      formats.append(
        (String(parts[0]), String(decoding: try KernelFile.text(of: file), as: UTF8.self)))
    }
    return formats
  }

  /// Those that are no tracepoints, such as `ftrace:print`.
  private var ftraceEvents: [String] {
    KernelFile.entries(of: tracefs.path + "/events/ftrace")
      .filter { KernelFile.line(of: "\(tracefs.path)/events/ftrace/\($0)/format") != nil }
      .map { "ftrace:" + $0 }
  }
}
