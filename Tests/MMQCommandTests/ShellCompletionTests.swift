// Tab in bash, with the script that mmq makes for it.

import Foundation
import MMQTestSupport
import Testing

@Suite struct ShellCompletionTests {
  private static let reclaim = "Examples/traces/reclaim.dat"

  /// What bash would offer behind these words, of which the last one is begun. They are cut as bash cuts
  /// them.
  private func offers(_ words: String...) throws -> Set<String> {
    let script = TemporaryPath()
    let made = try MMQRun(["--generate-completion-script", "bash"])
    try Data(made.output.utf8).write(to: URL(fileURLWithPath: script.path))
    let all = [BuiltProgram.path("mmq")] + words
    let quoted = all.map { "'\($0)'" }.joined(separator: " ")
    let last = all.count - 1
    // What follows a colon is a word of its own, which is what bash calls the current one.
    let current = words.last == ":" ? "" : words.last ?? ""
    let text = """
      source \(script.path)
      COMP_WORDS=(\(quoted)); COMP_CWORD=\(last); COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      _mmq_whole_words mmq '\(current)' "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["--norc", "-c", text]
    process.currentDirectoryURL = URL(fileURLWithPath: Places.package)
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  @Test func commandsAndRecipes() throws {
    #expect(try offers("rec") == ["recipe", "record"])
    #expect(try offers("help", "rec") == ["recipe", "record"])
    #expect(try offers("recipe", "direct-") == ["direct-reclaim", "direct-reclaim-slow"])
  }

  /// `run` needs not be named.
  @Test func filesAndOptions() throws {
    #expect(try offers("-i", "Examples/traces/o") == ["Examples/traces/oom.dat"])
    #expect(try offers("run", "Examples/tr") == ["Examples/traces"])
    #expect(try offers("Examples/direct-reclaim.mmq", "--fr") == ["--from"])
    #expect(try offers("info", "Examples/traces/o") == ["Examples/traces/oom.dat"])
    #expect(try offers("run", "--color", "a") == ["always", "auto"])
    #expect(try offers("-").isSuperset(of: ["-e", "--input", "--from", "--strict", "--version"]))
    #expect(try offers("--fr") == ["--from"])
  }

  /// Behind a colon bash replaces only what follows it.
  @Test func eventsOfTheRecording() throws {
    let input = ["events", "-i", ShellCompletionTests.reclaim]
    #expect(try offers(input[0], input[1], input[2], "kme") == Self.kmem("kmem:"))
    #expect(try offers(input[0], input[1], input[2], "kmem", ":") == Self.kmem(""))
    #expect(
      try offers("list", "-i", input[2], "kmem", ":", "mm_page_alloc_e")
        == ["mm_page_alloc_extfrag"])
  }

  private static func kmem(_ prefix: String) throws -> Set<String> {
    let list = try MMQRun(["list", "-i", reclaim, "kmem:*"]).output
    return Set(
      list.split(separator: "\n").map { prefix + $0.dropFirst("tracepoint:kmem:".count) })
  }
}
