// Short cuts through lines of text: each finds what the long way finds.

import MMQTestSupport
import Testing

@testable import MMQTrace

@Suite struct TextMatcherTests {
  /// Bytes as a line has them: behind it lies something else.
  private func withSpan<R>(_ text: String, _ body: (TextSpan) throws -> R) rethrows -> R {
    let padded = Array(text.utf8) + Array(repeating: UInt8(ascii: "7"), count: TextLines.padding)
    return try padded.withUnsafeBufferPointer {
      try body(TextSpan(start: $0.baseAddress!, end: $0.baseAddress! + text.utf8.count))
    }
  }

  @Test func shortNumbers() throws {
    var random = SeededRandom(seed: 1)
    let signs = Array("0123456789019:/-x a;".unicodeScalars)
    for round in 0..<20_000 {
      var text = round < 2000 ? "\(round)" : ""
      for _ in 0..<Int.random(in: 0...10, using: &random) where round >= 2000 {
        text.unicodeScalars.append(signs.randomElement(using: &random)!)
      }
      let isNumber =
        !text.isEmpty && text.utf8.allSatisfy { $0.isDigit }
        && (text.utf8.count == 1 || !text.hasPrefix("0"))
      withSpan(text) { span in
        #expect(span.isShortNumber == (isNumber && text.utf8.count <= 8), "\(text)")
        let plain = LineValue.number(span).flatMap { $0.kind == .number ? $0.bits : nil }
        if isNumber { #expect(plain == UInt64(text), "\(text)") }
      }
    }
  }

  /// Random patterns over random texts of few letters, so that literals stand in many places.
  @Test func firstEnds() throws {
    var random = SeededRandom(seed: 2)
    var matches = 0
    for _ in 0..<4000 {
      let (drafts, example) = pattern(&random)
      let pattern = TextPattern(drafts, isInferred: .random(using: &random)) {
        if case .slot(let slot) = $0 { .dynamic(offset: 8 + 4 * slot) } else { nil }
      }
      for _ in 0..<5 {
        let text = Bool.random(using: &random) ? example : letters(12, &random)
        if try isSame(pattern, text) { matches += 1 }
      }
    }
    #expect(matches > 2000, "\(matches) matches")
  }

  private func isSame(_ pattern: TextPattern, _ text: String) throws -> Bool {
    try withSpan(text) { span in
      var results: [(isMatch: Bool, bytes: [UInt8])] = []
      for isSlow in [false, true] {
        let matcher = TextMatcher(pattern)
        var record = TextRecord()
        record.begin(64)
        let isMatch =
          isSlow ? matcher.matchSlowly(span, &record) : matcher.match(span, &record)
        results.append((isMatch, Array(record.bytes)))
      }
      try #require(results[0].isMatch == results[1].isMatch, "\(text)")
      if results[0].isMatch { try #require(results[0].bytes == results[1].bytes, "\(text)") }
      return results[0].isMatch
    }
  }

  /// Literals and open parts in turn, and a text that has this form.
  private func pattern(_ random: inout SeededRandom) -> (drafts: [TextDraft], example: String) {
    var drafts: [TextDraft] = []
    var example = ""
    for slot in 0..<Int.random(in: 1...6, using: &random) {
      let literal = letters(.random(in: 0...1, using: &random) == 0 ? 3 : 20, &random) + " "
      drafts.append(TextDraft(literal: Array(literal.utf8)))
      let kind: TextPart.Kind = [.string, .skip, .value].randomElement(using: &random)!
      drafts.append(TextDraft(TextPart(kind: kind), .slot(slot)))
      example += literal + letters(9, &random)
    }
    return (TextDraft.joined(drafts), example)
  }

  private func letters(_ most: Int, _ random: inout SeededRandom) -> String {
    let signs = Array("ab =b")
    return String(
      (0..<Int.random(in: 0...most, using: &random)).map { _ in
        signs.randomElement(using: &random)!
      })
  }

  /// What the kernel prints in the base 16 without a mark must be known, or `10` would be ten; and nothing else.
  @Test func hexadecimalFields() throws {
    guard let tracefs = try? Tracefs() else { return print("SKIP hexadecimalFields: no tracefs") }
    var wrong: [String] = []
    for schema in tracefs.schemas(DamageLog()) where schema.system != "ftrace" {
      guard let format = schema.printFormat else { continue }
      let text = String(decoding: format.format, as: UTF8.self)
      for found in text.matches(of: /([A-Za-z_]+)=%[-0-9.]*[hlz]*([duxX])(?!:)/) {
        let name = String(found.1)
        let base = TextBase.of(name, in: schema.name, of: schema.system)
        if base != ("xX".contains(found.2) ? 16 : 10) { wrong.append("\(schema.fullName) \(name)") }
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
  }

  /// Names of memory management that the kernel prints for fields of other names must be known, and nothing else.
  @Test func printedNames() throws {
    guard let tracefs = try? Tracefs() else { return print("SKIP printedNames: no tracefs") }
    let systems: Set = ["compaction", "huge_memory", "kmem", "migrate", "mmap", "oom", "vmscan"]
    for schema in tracefs.schemas(DamageLog()) where systems.contains(schema.system) {
      let drafts = TextForms.drafts(of: schema, longSize: 8).first ?? []
      var found: [String: String] = [:]
      for (before, draft) in zip(drafts, drafts.dropFirst()) {
        guard let field = draft.wholeField, schema.field(named: field) != nil else { continue }
        let text = String(decoding: before.literal, as: UTF8.self)
        guard let printed = text.wholeMatch(of: /(?s).*?([\w-]+)=(0x)?/)?.1 else { continue }
        let name = printed.replacing("-", with: "_")
        if name != field { found[field] = String(name) }
      }
      #expect(TextPrintedNames.of(schema.system, schema.name) == found, "\(schema.fullName)")
    }
  }
}

extension TextDraft {
  /// The field that it tells all of, as a number or by names.
  fileprivate var wholeField: String? {
    guard case .bits(let bits)? = subject, part.kind != .oneOf, bits.shift == 0,
      bits.mask == DecodedField.ones(bits.field.size)
    else { return nil }
    return bits.field.name
  }
}
