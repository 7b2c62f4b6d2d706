// What is left of a script without its layout.

extension Parser {
  /// The script's words, a line each, without comments and white space: equal for two scripts that
  /// differ in layout only.
  public static func words(of source: Source) -> [UInt8] {
    tokens(of: source).tokens.flatMap {
      source.text[min($0.span.start, source.text.count)..<min($0.span.end, source.text.count)]
        + [UInt8(ascii: "\n")]
    }
  }
}
