// Opening inputs, and saying what is wrong with them.

internal import MMQ
internal import MMQTrace

enum Recording {
  /// Opens a recording. Throws a Stop that says what it is and why it cannot be read.
  static func open(_ path: String, _ formats: FormatsOption) throws -> any TraceSource {
    let formats = try formats.load()
    do throws(TraceError) {
      return try SourceFormat.open(path: path, formats: formats)
    } catch {
      throw Stop(status: Stop.dataError, message: "mmq: \(path) \(error.message)")
    }
  }

  /// Opens what one run reads: source after source. Says why some are not merged with others.
  static func open(
    _ paths: [String], _ formats: FormatsOption, isQuiet: Bool = false
  ) throws -> [any TraceSource] {
    if paths.filter({ $0 == "-" }).count > 1 {
      throw Stop(status: Stop.usageError, message: "mmq: standard input can be read only once")
    }
    try refuseTwins(paths)
    paths.forEach(InputFiles.note)
    let inputs = try paths.map { try open($0, formats) }
    do throws(TraceError) {
      let set = try InputSet(inputs)
      for note in set.notes where !isQuiet { Console.error("NOTE: \(note)") }
      return set.sources
    } catch {
      throw Stop(status: Stop.usageError, message: "mmq: \(error.message)")
    }
  }

  /// One file under two names, or two times, would count twice. What cannot be looked at, opening says.
  private static func refuseTwins(_ paths: [String]) throws {
    var known: [FileIdentity: String] = [:]
    for path in paths {
      guard let identity = FileIdentity(of: path),
        let other = known.updateValue(path, forKey: identity)
      else { continue }
      let what = other == path ? "\(path) is named twice" : "\(other) and \(path) are one file"
      throw Stop(status: Stop.usageError, message: "mmq: \(what): its events would count twice")
    }
  }

  /// A failure of a source ends the command.
  static func attempt<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let problem as TraceError {
      throw Stop(status: Stop.dataError, message: "mmq: \(problem.message)")
    }
  }

  /// The events of recordings, or of the running kernel.
  static func target(_ paths: [String], _ formats: FormatsOption) throws -> Target {
    if !paths.isEmpty { return Target(try open(paths, formats, isQuiet: true)).trusted }
    do throws(TraceError) {
      let tracefs = try Tracefs(mountingFor: TracefsWriter())
      let damage = DamageLog()
      let target = Target(schemas: tracefs.schemas(damage), machine: .host)
      report(damage, of: tracefs.path, isQuiet: false)
      return target.trusted
    } catch {
      throw Stop(status: Stop.dataError, message: "mmq: \(error.message)")
    }
  }

  /// Before the errors of a script: what it misses may be what could not be read, or what the lines of a text do not
  /// say.
  static func reportReasons(_ sources: [any TraceSource], isQuiet: Bool) {
    for input in sources.flatMap(\.inputs) {
      report(input.damage, of: input.name, isQuiet: isQuiet || !(input is TextSource))
    }
  }

  /// Behind the errors of a script: how a text's events would have more fields.
  static func explain(_ script: Script, _ sources: [any TraceSource], _ formats: FormatsOption) {
    guard script.missesEvents, formats.formats == nil else { return }
    for input in sources.flatMap(\.inputs) where input is TextSource {
      Console.error(
        "HINT: the fields of \(input.name) are those that its lines name; --formats DIR|FILE|live "
          + "tells what its events consist of")
    }
  }

  /// Says what was damaged or doubtful of all inputs.
  static func report(_ sources: [any TraceSource], isQuiet: Bool) {
    for input in sources.flatMap(\.inputs) {
      report(input.damage, of: input.name, isQuiet: isQuiet)
    }
  }

  /// Says what was damaged or doubtful.
  static func report(_ damage: DamageLog, of name: String, isQuiet: Bool) {
    report(damage.findings, of: name, isQuiet: isQuiet)
  }

  static func report(_ findings: [DamageLog.Finding], of name: String, isQuiet: Bool) {
    for finding in findings {
      if isQuiet, finding.severity == .note { continue }
      let times = finding.count > 1 ? " (\(finding.count) times)" : ""
      let severity = finding.severity == .error ? "ERROR" : "NOTE"
      Console.error("\(name): \(severity): \(finding.first)\(times)")
    }
  }
}

extension Script {
  /// Its errors may be those of what is known of its events: their names, their fields and the types of these.
  fileprivate var missesEvents: Bool {
    diagnostics.contains { diagnostic in
      switch diagnostic.id {
      case "missing-field", "unknown-event", "unreadable-field": true
      case "incomparable", "printf-type", "wrong-type":
        text.text(of: diagnostic.span).contains("args")
      default: false
      }
    }
  }
}

extension [any TraceSource] {
  /// Some input is not whole: what is told of it is not either.
  var areDamaged: Bool { flatMap(\.inputs).contains { $0.damage.hasErrors } }
}
