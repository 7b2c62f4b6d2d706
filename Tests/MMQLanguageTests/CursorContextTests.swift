// What the parser knows of the place of a cursor.

import MMQLanguage
import Testing

@Suite struct CursorContextTests {
  /// The context at `|`.
  private func context(_ marked: String, isPrompt: Bool = false) -> CursorContext {
    let parts = marked.split(separator: "¦", omittingEmptySubsequences: false)
    let text = parts.joined()
    return CursorContext(Array(text.utf8), at: parts[0].utf8.count, isPrompt: isPrompt)
  }

  private func place(_ marked: String) -> CursorContext.Place { context(marked).place }

  @Test func attachPoints() {
    #expect(place("¦") == .attachPoint)
    #expect(place("kmem:mm_¦") == .attachPoint)
    #expect(place("kmem:a { print(1) } vm¦") == .attachPoint)
    #expect(place("kmem:a, vm¦") == .attachPoint)
    #expect(place("kmem:a, ¦") == .attachPoint)
    #expect(context("kmem:a { } t:vmscan:x¦").word.start == 11)
  }

  @Test func fieldsOfTheProbeAtHand() {
    for text in [
      "kmem:a { @[args.¦", "kmem:a { @[args.or¦", "kmem:a /args.¦", "kmem:a { print(args->o¦",
      "vm:b { print(args.c) } kmem:a { @ = sum(args.¦",
    ] {
      #expect(context(text).place == .field, "\(text)")
      #expect(context(text).attachPoints == ["kmem:a"], "\(text)")
    }
    #expect(context("kmem:a, vm:* { print(args.¦").attachPoints == ["kmem:a", "vm:*"])
    #expect(place("kmem:a { $x = (a = 1); print($x.¦") == .nothing)
  }

  @Test func namesOfValues() {
    #expect(place("kmem:a /args.status == \"su¦") == .symbol(field: "status"))
    #expect(place("kmem:a { if (args.flags & \"¦") == .symbol(field: "flags"))
    #expect(place("kmem:a { if (args.flags & (\"A|¦") == .symbol(field: "flags"))
    #expect(context("kmem:a { if (args.flags & \"AB|C¦").word.start == 30)
    #expect(place("kmem:a { printf(\"¦") == .nothing)
    #expect(place("kmem:a { print(args.status == \"su\"¦") == .nothing)
    #expect(place("import \"a/¦") == .path)
  }

  @Test func namesInBlocks() {
    #expect(place("kmem:a { pr¦") == .name)
    #expect(place("kmem:a { ¦") == .name)
    #expect(place("kmem:a { @x = ¦") == .name)
    #expect(place("kmem:a / com¦") == .name)
    #expect(place("kmem:a { @x[co¦") == .name)
    #expect(place("kmem:a { @x¦") == .map)
    #expect(place("kmem:a { $x¦") == .variable)
    #expect(place("kmem:a { 12¦") == .nothing)
    #expect(place("kmem:a { // pr¦") == .nothing)
    #expect(place("kmem:a { /* pr¦") == .nothing)
    #expect(place("kmem:a { /* a */ ¦") == .name)
  }

  @Test func statementsAtAPrompt() {
    #expect(context("¦", isPrompt: true).place == .start)
    #expect(context("ks¦", isPrompt: true).place == .start)
    #expect(context("kmem:¦", isPrompt: true).place == .attachPoint)
    #expect(context("print(@x¦", isPrompt: true).place == .map)
    #expect(context("@x¦", isPrompt: true).place == .map)
    #expect(context("1 + ¦", isPrompt: true).place == .name)
    #expect(context("kmem:a { @[args.¦", isPrompt: true).place == .field)
    #expect(context("print(ks¦", isPrompt: true).place == .name)
  }

  @Test func variablesAndMapsOfTheText() {
    let maps = context("kmem:a { @one = 1; @two = 2; @o¦")
    #expect(maps.names(startingWith: "@") == ["@one", "@two"])
    let variables = context("kmem:a { $one = 1; print($one¦")
    #expect(variables.names(startingWith: "$") == ["$one"])
  }

  /// Any text has a context, wherever the cursor is.
  @Test func noTextIsTooOdd() {
    let text =
      "kmem:a, b:c / args.x == \"A|B\" / { @x[comm, $y.0] = sum(args->z); } /* é */ # x\n\"'`\\"
    for cursor in 0...text.utf8.count {
      for isPrompt in [false, true] {
        let found = CursorContext(Array(text.utf8), at: cursor, isPrompt: isPrompt)
        #expect(found.word.start <= found.word.end && found.word.end == cursor)
      }
    }
  }
}
