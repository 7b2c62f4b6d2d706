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

  /// A failure of a source ends the command.
  static func attempt<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let problem as TraceError {
      throw Stop(status: Stop.dataError, message: "mmq: \(problem.message)")
    }
  }

  /// The events of a recording, or of the running kernel.
  static func target(_ path: String?, _ formats: FormatsOption) throws -> Target {
    if let path { return Target(try open(path, formats)).trusted }
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
