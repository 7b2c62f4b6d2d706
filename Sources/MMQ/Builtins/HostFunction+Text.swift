// Conversions of values to strings.

internal import MMQTrace

extension HostFunction {
  /// The name of a symbolic field's value.
  static func symbolName(_ symbols: SymbolTable) -> HostFunction {
    HostFunction(name: "name", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      result[0] = run.strings.intern(symbols.name(of: arguments[0]))
    }
  }

  /// The byte of a string at an index; 0 where there is none.
  static let byteOfString = HostFunction(
    name: "byte", argumentWords: 2, resultWords: 1, isPure: true
  ) { run, arguments, result in
    let text = run.strings.bytes(of: arguments[0])
    let index = arguments[1]
    let byte = index < UInt64(text.count) ? text[Int(index)] : 0
    result[0] = UInt64(bitPattern: Int64(Int8(bitPattern: byte)))
  }

  /// A value as it prints.
  static func text(of type: Type) -> HostFunction {
    HostFunction(name: "text", argumentWords: type.words, resultWords: 1, isPure: true) {
      run, arguments, result in
      var text = ByteBuffer()
      text.append(Value(type, arguments, run.strings))
      result[0] = run.strings.intern(text.bytes)
    }
  }
}
