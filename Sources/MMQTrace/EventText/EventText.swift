// The text of an event as the kernel prints it, from the event's `print fmt`.

/// What the text of all events of one recording needs.
public struct EventTextContext: Sendable {
  /// The kernel's own, for `%pS` and its like.
  public var symbols: KernelSymbols
  /// Strings that events point to, and the formats of `trace_printk`.
  public var strings: KernelStrings
  /// Bytes of the kernel's `long`, 4 or 8.
  public var longSize: Int
  /// What other records tell of the kernel.
  public var values: KernelValues
  /// Linux 6.18 began to write `0x` before arguments of system calls from 10 on.
  public var marksArguments = false

  public init(
    symbols: KernelSymbols = .none, strings: KernelStrings = KernelStrings(), longSize: Int = 8,
    values: KernelValues = KernelValues()
  ) {
    self.symbols = symbols
    self.strings = strings
    self.longSize = longSize == 4 ? 4 : 8
    self.values = values
  }

  /// Symbols, strings and sizes of a recording. `symbols` are used instead of its own.
  public init(_ source: any TraceSource, symbols: KernelSymbols? = nil) {
    self.init(
      symbols: symbols ?? source.kernelSymbols(),
      strings: KernelStrings(printkFormats: source.printkFormats),
      longSize: source.machine.longSize)
    marksArguments = source.machine.isLinux(6, 18)
  }
}

/// Writes the text of one event's records. Made once per event; a record then costs no allocation
/// but what the output needs.
///
/// The text is that of the kernel's `trace` file with the option `nohash-ptr`. What the recording
/// doesn't hold stays visible: `?` for a value that only the kernel knows, an address for a string
/// in its memory. `append` says which reasons a record met.
public struct EventText: Sendable {
  /// What stands before the text in the kernel's output: `sched_switch: `. Empty for events whose
  /// lines have another form: system calls, functions, `trace_marker`.
  public let prefix: [UInt8]
  /// A sentence for each bit of `TextReasons` that this event's text can have.
  public let reasons: [String]
  let context: EventTextContext
  let program: TextProgram
  let special: SpecialText?

  public init(_ schema: EventSchema, _ context: EventTextContext) {
    var compiler = TextCompiler(
      fields: schema.fields, longSize: context.longSize, values: context.values)
    // Of text there is the text.
    let isText = schema.field(named: Field.commonText) != nil
    special = isText ? nil : SpecialText(schema)
    if special == nil {
      if let format = schema.printFormat {
        compiler.compile(EventText.adjusted(format, schema))
      } else {
        compiler.compileFields(schema)
      }
    }
    program = compiler.program
    reasons = compiler.reasons.sentences
    self.context = context
    prefix = special == nil && !isText ? Array("\(schema.name): ".utf8) : []
  }

  /// Appends the text of a record, without a line break at its end. Returns why it may differ from
  /// the kernel's.
  @discardableResult
  public func append(_ record: EventRef, to out: inout [UInt8]) -> TextReasons {
    var run = TextRun(record: record, variableCount: program.variableCount)
    if let special {
      append(special, &run, &out)
    } else {
      for piece in program.pieces { append(piece, &run, &out) }
    }
    return run.reasons
  }

  /// The sentences of these reasons.
  public func sentences(_ met: TextReasons) -> [String] {
    reasons.enumerated().filter { met.rawValue >> UInt64($0.offset) & 1 != 0 }.map(\.element)
  }

  /// Probe events print their place as a symbol, though their format says `%lx`. Follows
  /// print_kprobe_event in kernel/trace/trace_kprobe.c.
  private static func adjusted(_ format: PrintFormat, _ schema: EventSchema) -> PrintFormat {
    let rest = { (start: String) in format.format.dropFirst(start.utf8.count) }
    if schema.field(named: "__probe_ip") != nil, format.format.starts(with: Array("(%lx)".utf8)) {
      return PrintFormat(
        format: Array("(%pS)".utf8) + rest("(%lx)"), arguments: format.arguments)
    }
    if schema.field(named: "__probe_ret_ip") != nil,
      format.format.starts(with: Array("(%lx <- %lx)".utf8)), format.arguments.count >= 2
    {
      // The format names the function first, the line the place where it returns to.
      var arguments = format.arguments
      if arguments[0] == .field("__probe_func") { arguments.swapAt(0, 1) }
      return PrintFormat(
        format: Array("(%pS <- %ps)".utf8) + rest("(%lx <- %lx)"), arguments: arguments)
    }
    return format
  }
}

/// The state of writing one record.
struct TextRun {
  let record: EventRef
  var reasons: TextReasons = []
  var variables: [CInteger?]

  init(record: EventRef, variableCount: Int) {
    self.record = record
    // An empty array takes no memory.
    variables = variableCount == 0 ? [] : Array(repeating: nil, count: variableCount)
  }
}
