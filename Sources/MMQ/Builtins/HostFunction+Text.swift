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
