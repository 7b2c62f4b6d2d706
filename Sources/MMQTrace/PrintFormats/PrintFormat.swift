// The `print fmt` of an event: what the kernel prints for a record, as a string and expressions.

/// A parsed `print fmt`.
public struct PrintFormat: Sendable, Hashable {
  /// The printf format: adjacent literals joined, C escapes decoded. Bytes, since the kernel
  /// doesn't promise UTF-8.
  public var format: [UInt8]
  /// One for each conversion of the format, and for each `*` in one.
  public var arguments: [PrintExpression]

  public init(format: [UInt8], arguments: [PrintExpression]) {
    self.format = format
    self.arguments = arguments
  }

  /// Parses what follows `print fmt:`. `longSize` is that of the traced kernel (4 or 8): it
  /// decides how constants fold.
  public static func parse(
    _ text: [UInt8], longSize: Int
  ) -> Result<PrintFormat, FormatProblem> {
    do {
      var parser = try PrintFormatParser(text, longSize: longSize)
      return .success(try parser.parse())
    } catch {
      return .failure(error)
    }
  }
}

/// Why a `format` text, or a part of it, cannot be used.
public struct FormatProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// A clause without a full stop, such as `it has no ID`.
  public var description: String

  public init(_ description: String) { self.description = description }
}
