// Everything that a reader had to skip or to doubt: counted, and said once.

/// Collects what is wrong with an input. Repeated findings of one kind are one line with a count,
/// so that a shredded file doesn't flood the terminal.
public final class DamageLog {
  public enum Severity: Sendable { case note, error }

  public struct Finding: Sendable {
    public var severity: Severity
    /// What kind of finding this is: findings with equal kinds are counted together.
    public var kind: String
    /// The first of its kind, in words, with the place in the file.
    public var first: String
    public var count: Int
  }

  public private(set) var findings: [Finding] = []
  private var index: [String: Int] = [:]

  public init() {}

  /// Data that should be there is missing or unreadable: the result is partial (exit code 1).
  public func error(_ kind: String, _ message: @autoclosure () -> String) {
    add(.error, kind, message)
  }

  /// Something odd that loses no data.
  public func note(_ kind: String, _ message: @autoclosure () -> String) {
    add(.note, kind, message)
  }

  public var hasErrors: Bool { findings.contains { $0.severity == .error } }

  private func add(_ severity: Severity, _ kind: String, _ message: () -> String) {
    if let i = index[kind] {
      findings[i].count += 1
    } else {
      index[kind] = findings.count
      findings.append(Finding(severity: severity, kind: kind, first: message(), count: 1))
    }
  }
}
