// What the command line hands to a script.

internal import MMQLanguage

/// `$1`, `$2`, … and the script's own options, `--name=value` behind `--`.
public struct ScriptParameters: Sendable {
  /// `$1` and those behind it.
  public var positionals: [String]
  /// nil for an option without a value.
  public var options: [String: String?]

  /// Settings from outside of the script, by name; the script's own config block wins.
  public var settings: [String: String] = [:]

  /// The names that `settings` may have.
  public static var settingNames: [String] { Setting.all.map(\.name) }

  /// The name of a setting as `settings` has it: in lower case, and without `BPFTRACE_`, however it is written.
  public static func settingName(_ written: String) -> String { Settings.name(written) }

  public init(positionals: [String] = [], options: [String: String?] = [:]) {
    self.positionals = positionals
    self.options = options
  }

  /// Of the settings those that are some: an environment has much else.
  var withoutOtherSettings: ScriptParameters {
    var parameters = self
    parameters.settings = settings.filter { Settings.names.contains($0.key) }
    return parameters
  }

  /// `$1` in an attach point is replaced by the text of the parameter.
  func filled(_ point: AttachPoint) -> AttachPoint {
    guard point.parts.contains(where: { $0.utf8.contains(UInt8(ascii: "$")) }) else { return point }
    var filled = point
    filled.parts = point.parts.map { part in
      // From the last one, so that $1 leaves $10 alone.
      positionals.indices.reversed().reduce(part) { text, index in
        text.split(separator: "$\(index + 1)", omittingEmptySubsequences: false)
          .joined(separator: positionals[index])
      }
    }
    return filled
  }

  /// `str($1)`: the text as given, "" where there is none.
  func text(_ number: Int) -> String {
    positionals.indices.contains(number - 1) ? positionals[number - 1] : ""
  }

  /// A number as C writes it: decimal, `0x…`, `0…`, with an optional sign.
  static func number(_ text: String) -> Int64? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? String(text.dropFirst()) : text
    let value: UInt64? =
      if digits.lowercased().hasPrefix("0x") {
        UInt64(digits.dropFirst(2), radix: 16)
      } else if digits.hasPrefix("0"), digits.utf8.count > 1 {
        UInt64(digits.dropFirst(), radix: 8)
      } else {
        UInt64(digits)
      }
    return value.map { isNegative ? 0 &- Int64(bitPattern: $0) : Int64(bitPattern: $0) }
  }
}

extension Checker {
  /// `$1`: a number if it looks like one, else a string; 0 where there is none.
  func positional(_ number: Int, _ span: Span) -> Typed {
    guard parameters.positionals.indices.contains(number - 1) else {
      return Typed(
        .constant(0), .integer(IntegerType(bits: 64, isSigned: true, isLiteral: true)), span)
    }
    return constant(of: parameters.positionals[number - 1], span)
  }

  func constant(of text: String, _ span: Span) -> Typed {
    guard let value = ScriptParameters.number(text) else {
      return Typed(.string(Array(text.utf8)), .string, span)
    }
    let isLiteral = value >= 0
    let isSigned = text.hasPrefix("-") || value >= 0
    let type = IntegerType(bits: 64, isSigned: isSigned, isLiteral: isLiteral)
    return Typed(.constant(UInt64(bitPattern: value)), .integer(type), span)
  }
}
