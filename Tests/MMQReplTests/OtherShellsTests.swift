// Tab in zsh and fish, with the scripts that mmq makes for them.

import Foundation
import MMQTestSupport
import Testing

@Suite struct OtherShellsTests {
  /// A line, its last word begun, and what Tab makes of that word. The same in each shell.
  private static let lines = [
    ("mmq recipe kmal", "kmalloc-waste"), ("mmq recipe kmalloc-waste --fr", "--from"),
    ("mmq Examples/kswapd", "Examples/kswapd-wakeups.mmq"),
    ("mmq -i Examples/traces/oo", "Examples/traces/oom.dat"), ("mmq --fr", "--from"),
    ("mmq -e x --fr", "--from"), ("mmq run Examples/tra", "Examples/traces"),
    ("mmq help merg", "merge"), ("mmq info Examples/traces/oo", "Examples/traces/oom.dat"),
    (
      "mmq events -i Examples/traces/reclaim.dat kmem:mm_page_alloc_e", "kmem:mm_page_alloc_extfrag"
    ),
  ]

  private let script = TemporaryPath()

  /// A shell that knows the script; nil, said loudly, where it is not installed.
  private func shell(
    _ name: String, _ options: [String], _ setUp: (String) -> String, test: String
  ) throws -> Terminal? {
    let path = "/usr/bin/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      print("SKIP OtherShellsTests.\(test): there is no \(path)")
      return nil
    }
    let made = Process()
    let pipe = Pipe()
    made.executableURL = URL(fileURLWithPath: Terminal.mmq)
    made.arguments = ["--generate-completion-script", name]
    made.standardOutput = pipe
    try made.run()
    try pipe.fileHandleForReading.readToEnd()?.write(to: URL(fileURLWithPath: script.path))
    let own = URL(fileURLWithPath: Terminal.mmq).deletingLastPathComponent().path
    let terminal = try Terminal(
      options, environment: ["PATH": "\(own):/usr/bin:/bin", "HOME": NSTemporaryDirectory()],
      program: path)
    terminal.enter("cd '\(Places.package)'; \(setUp(script.path)); echo rea''dy")
    try terminal.expect("ready")
    return terminal
  }

  private func check(_ terminal: Terminal) throws {
    for (line, completed) in OtherShellsTests.lines {
      // What Tab made of the line is printed; the mark is not in what is typed.
      let words = line.split(separator: " ").dropLast().joined(separator: " ")
      terminal.type(line + "\t")
      terminal.type("\u{1}echo m''ade: \r")
      let shown = "made: \(words) \(completed)"
      #expect(throws: Never.self, "\(line)") { try terminal.expect(shown, seconds: 20) }
    }
  }

  @Test func zsh() throws {
    let setUp: (String) -> String = {
      "autoload -Uz compinit; compinit -D -u; bindkey -e; source '\($0)'"
    }
    guard let terminal = try shell("zsh", ["-f", "-i"], setUp, test: "zsh") else { return }
    try check(terminal)
  }

  @Test func fish() throws {
    let setUp: (String) -> String = { "source '\($0)'" }
    guard let terminal = try shell("fish", ["--no-config", "-i"], setUp, test: "fish") else {
      return
    }
    try check(terminal)
  }
}
