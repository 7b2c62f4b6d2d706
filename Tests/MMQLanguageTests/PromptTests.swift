// What is typed at a prompt: questions that are whole, and what they are.

import MMQLanguage
import Testing

@Suite struct PromptTests {
  private func isOpen(_ text: String) -> Bool { Parser.isOpen(Source(name: "test", text)) }

  @Test(arguments: [
    "kmem:mm_page_alloc {", "kmem:mm_page_alloc { @[comm", "@x[", "print(", "print(\"a", "/* a",
    "kmem:mm_page_alloc / args.order > 1", "kmem:mm_page_alloc /args.order > 1/",
    "kmem:a { if (1) { print(2) }",
  ])
  func itGoesOn(_ text: String) { #expect(isOpen(text)) }

  @Test(arguments: [
    "1 + 1", "@x[3]", "kmem:mm_page_alloc", "kmem:a { print(\"{\") }", "print(2) // {", "}", "]",
    "kmem:a /args.order > 1/ { print(1) }", "1 / 2", "/* { */ 1", "kmem:[a-z]*",
  ])
  func itIsWhole(_ text: String) { #expect(!isOpen(text)) }

  private func kind(_ text: String) -> (isProgram: Bool, ids: [String]) {
    let (question, diagnostics) = Parser.question(Source(name: "test", text))
    if case .program = question { return (true, diagnostics.map(\.id)) }
    return (false, diagnostics.map(\.id))
  }

  @Test(arguments: [
    "1 << 12", "@x[3]", "@x", "print(@x, 5); clear(@x)", "@y = 5;", "if (1) { print(2) }",
    "comm", "{ print(1) }", "for ($i : 0..3) { print($i) }", "1 ? 2 : 3",
  ])
  func statements(_ text: String) { #expect(kind(text) == (false, [])) }

  @Test(arguments: [
    "kmem:mm_page_alloc", "kmem:mm_page_alloc { }", "begin { print(1) }", "interval:s:1 { }",
    "kmem:*, vmscan:* /1/ { }", "config = { max_map_keys = 5 } begin { }",
    "let @x = hash(5); begin { @x[1] = 1 }", "macro a() { 1 } begin { print(a()) }",
  ])
  func programs(_ text: String) { #expect(kind(text) == (true, [])) }

  @Test func whatIsWrongIsSaidOfWhatItCanBe() {
    #expect(kind("1 <<") == (false, ["expected"]))
    #expect(kind("@x[") == (false, ["expected"]))
    #expect(kind("kmem:a { @x = }") == (true, ["expected"]))
    #expect(kind("begin { 1 + }") == (true, ["expected"]))
  }
}
