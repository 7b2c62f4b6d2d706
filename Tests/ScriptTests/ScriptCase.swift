// One script of Tests/Scripts with what it expects, written in its comments.

import Foundation
import MMQ
import MMQTestSupport
import Testing

/// The lines `// WORD: REST` of a script, where WORD is one of these:
///
///     input            a capture's name without `.dat`, or one of `MadeInput`; without it the made
///                      recording is used
///     format           text (the default), json, csv or folded
///     arguments        words behind the script: $1, $2, …; --name and --name=value are for getopt()
///     setting          name=value, as from the environment
///     flags            unsafe, or no-warnings
///     show             ast, types, bytecode or plan: prints that, and does not run
///     expect           the next line of standard output; all of them are the whole of it
///     expect-error     a part of standard error; the script has errors, and exits with 2
///     expect-warning   a part of standard error, where no `expect-error` stands; messages of
///                      errorf() and warnf() are there too
///     exit             the exit code, if it is neither 0 nor, with `expect-error`, 2
struct ScriptCase: CustomTestStringConvertible, Sendable {
  var path: String
  var text: [UInt8]
  var input: String?
  var format = "text"
  var show: String?
  var options = ScriptRun.Options()
  var output: [String] = []
  var errors: [String] = []
  var warnings: [String] = []
  var exitCode: Int32?
  /// Lines that look like directives, but are none.
  var slips: [String] = []

  var testDescription: String { path }
  var expectedExitCode: Int32 { exitCode ?? (errors.isEmpty ? 0 : 2) }

  static let directory = Places.package + "/Tests/Scripts"

  /// Every script, by name.
  static let all: [ScriptCase] = {
    let walker = FileManager.default.enumerator(atPath: directory)
    var names: [String] = []
    for case let name as String in walker ?? .init() where name.hasSuffix(".mmq") {
      names.append(name)
    }
    return names.sorted().map(ScriptCase.init)
  }()

  init(_ name: String) {
    path = name
    options.directory = name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    text = FileManager.default.contents(atPath: "\(Self.directory)/\(name)").map(Array.init) ?? []
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      guard let (word, rest) = Self.directive(line) else { continue }
      take(word, rest, String(line))
    }
  }

  /// `// word: rest` at the start of a line.
  private static func directive(_ line: Substring) -> (word: String, rest: String)? {
    guard let match = line.wholeMatch(of: /\/\/ ([a-z-]+):(?: (.*))?/) else { return nil }
    return (String(match.1), String(match.2 ?? ""))
  }

  private mutating func take(_ word: String, _ rest: String, _ line: String) {
    switch word {
    case "input": input = rest
    case "format": format = rest
    case "show": show = rest
    case "arguments": rest.split(separator: " ").forEach { argument(String($0)) }
    case "setting": setting(rest)
    case "flags": rest.split(separator: " ").forEach { flag(String($0), line) }
    case "expect": output.append(rest)
    case "expect-error": errors.append(rest)
    case "expect-warning": warnings.append(rest)
    case "exit": exitCode = Int32(rest)
    default: slips.append(line)
    }
  }
  /// As the command line takes them, those with dashes behind `--`.
  private mutating func argument(_ word: String) {
    guard word.hasPrefix("--") else { return options.parameters.positionals.append(word) }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
    options.parameters.options[parts[0]] = .some(parts.count > 1 ? parts[1] : nil)
  }

  private mutating func setting(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    options.parameters.settings[parts[0]] = parts.count > 1 ? parts[1] : ""
  }

  private mutating func flag(_ word: String, _ line: String) {
    switch word {
    case "unsafe": options.isUnsafe = true
    case "no-warnings": options.showsWarnings = false
    default: slips.append(line)
    }
  }
}
