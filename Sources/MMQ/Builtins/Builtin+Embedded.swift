// Functions that a host adds to the language.

internal import MMQLanguage

/// What a function of the host gets; valid during the call.
public struct HostArguments {
  fileprivate let words: UnsafePointer<UInt64>
  fileprivate let strings: StringPool
  /// How many the signature has.
  public let count: Int

  /// An argument that the signature says to be an integer: its 64 bits.
  public func integer(_ index: Int) -> Int64 { Int64(bitPattern: word(index)) }
  /// The same as an unsigned number.
  public func unsigned(_ index: Int) -> UInt64 { word(index) }

  /// An argument that the signature says to be `string` or `bytes`.
  public func bytes(_ index: Int) -> [UInt8] { Array(strings.bytes(of: word(index))) }
  /// The same as text; what is no UTF-8 becomes U+FFFD.
  public func string(_ index: Int) -> String { strings.string(of: word(index)) }

  private func word(_ index: Int) -> UInt64 { index >= 0 && index < count ? words[index] : 0 }
}

/// What a function of the host gives.
public enum HostResult: Sendable {
  /// For signatures without a result.
  case none
  case integer(Int64)
  case unsigned(UInt64)
  case bool(Bool)
  case string(String)
  case bytes([UInt8])
}

/// A signature that makes no sense.
public struct SignatureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence without a full stop.
  public var message: String
  public var description: String { message }
}

extension Builtin {
  /// A function of the host, for `Target.builtins`: checker, completion and help know it as their own.
  ///
  /// The signature is `name(type [name], …) [-> type]`; the types of arguments are `int64`, `uint64`, `string`
  /// and `bytes`, those of results also `bool`. `isPure`: the result depends on the arguments alone; it may
  /// then be called on several threads at once. An error that the body throws ends the run
  /// (`RunError.Kind.function`).
  ///
  /// ```swift
  /// target.builtins.append(
  ///   try .host("region(uint64 address) -> string", "what lies at an address") { arguments in
  ///     .string(regions.name(of: arguments.unsigned(0)))
  ///   })
  /// ```
  public static func host(
    _ signature: String, _ summary: String, isPure: Bool = false,
    _ body: @escaping @Sendable (HostArguments) throws -> HostResult
  ) throws(SignatureError) -> Builtin {
    let parsed = try HostSignature(signature)
    let count = parsed.parameters.count
    let wanted = parsed.result
    return .function(
      parsed.name, signature, summary, parsed.parameters, wanted, isPure: isPure
    ) { run, words, result in
      do {
        let given = try body(HostArguments(words: words, strings: run.strings, count: count))
        guard let wanted else { return }
        result[0] = given.word(as: wanted, run.strings)
      } catch {
        // Registers of results hold something in any case.
        if wanted != nil { result[0] = 0 }
        run.fail(.function("\(parsed.name)(): \(error)"))
      }
    }
  }
}

extension HostResult {
  /// What is of another type than the signature says reads as 0 or "".
  fileprivate func word(as type: Type, _ strings: StringPool) -> UInt64 {
    switch (self, type.stringWords.isEmpty) {
    case (.integer(let number), true): UInt64(bitPattern: number)
    case (.unsigned(let number), true): number
    case (.bool(let isTrue), true): isTrue ? 1 : 0
    case (.string(let text), false): strings.intern(text)
    case (.bytes(let bytes), false): strings.intern(bytes)
    default: 0
    }
  }
}

/// A signature in its parts.
private struct HostSignature {
  var name: String
  var parameters: [Builtin.Parameter]
  var result: Type?

  init(_ text: String) throws(SignatureError) {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { throw SignatureError(message: "'\(text)' has no parentheses") }
    name = HostSignature.trimmed(text[..<open])
    guard HostSignature.isName(name) else {
      throw SignatureError(message: "'\(name)' cannot be the name of a function")
    }
    parameters = []
    let inner = text[text.index(after: open)..<close]
    if !HostSignature.trimmed(inner).isEmpty {
      for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
        parameters.append(try HostSignature.parameter(part))
      }
    }
    result = try HostSignature.result(text[text.index(after: close)...])
  }

  private static func parameter(_ text: Substring) throws(SignatureError) -> Builtin.Parameter {
    switch text.split(separator: " ").first {
    case "int64", "uint64": return .integer
    case "string": return .string
    case "bytes": return .bytes
    default:
      throw SignatureError(message: "'\(trimmed(text))' is no int64, uint64, string or bytes")
    }
  }

  private static func result(_ text: Substring) throws(SignatureError) -> Type? {
    let rest = trimmed(text)
    if rest.isEmpty { return nil }
    switch rest.hasPrefix("->") ? trimmed(rest.dropFirst(2)) : "" {
    case "int64": return .int64
    case "uint64": return .uint64
    case "bool": return .bool
    case "string": return .string
    case "bytes": return .buffer
    default:
      throw SignatureError(message: "'\(rest)' is no -> int64, uint64, bool, string or bytes")
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    text.split(separator: " ").joined(separator: " ")
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.first, !first.isNumber else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
