// The examples on the pages of the DocC catalogue.

import Foundation
import MMQ
import MMQTestSupport
import MMQTrace
import Testing

/// A fenced block whose first word is `mmq`, with the blocks right behind it: `text` is standard
/// output, `text messages` what stands on standard error. The other words of the first block:
///
///     input=NAME       a capture's name without `.dat` (`reclaim` without this), or `none`
///     format=FORMAT    text, json, csv or folded
///     argument=WORD    a word behind the script; --name and --name=value are for getopt()
///     unsafe           as on the command line
///     norun            the program has to pass the checker only
struct PageExample: CustomTestStringConvertible, Sendable {
  var page: String
  /// The last heading above it, without its signs.
  var heading: String
  var line: Int
  var program: String
  var input = "reclaim"
  var format = "text"
  var isRun = true
  var options = ScriptRun.Options()
  var output: [String] = []
  var messages: [String] = []
  /// Words that mean nothing.
  var slips: [String] = []

  var testDescription: String { "\(page):\(line)" }

  func open() throws -> any TraceSource {
    input == "none" ? HostClock() : try ScriptFileTests.open(input)
  }

  /// Lines without blanks at their ends, empty ones at both ends, and more than one between others.
  static func tidy(_ lines: [String]) -> [String] {
    var tidy: [String] = []
    for line in lines {
      let trimmed = String(line.reversed().drop { $0.isWhitespace }.reversed())
      if !trimmed.isEmpty || tidy.last?.isEmpty == false { tidy.append(trimmed) }
    }
    if tidy.last?.isEmpty == true { tidy.removeLast() }
    return tidy
  }
}

extension PageExample {
  static let directory = Places.package + "/Sources/MMQ/MMQ.docc"

  static let pages: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted()
  }()

  static func text(of page: String) -> String {
    (try? String(contentsOfFile: "\(directory)/\(page)", encoding: .utf8)) ?? ""
  }

  static let all: [PageExample] = pages.flatMap(examples)

  private static func examples(of page: String) -> [PageExample] {
    var examples: [PageExample] = []
    var last = 0
    for fence in Fence.all(in: text(of: page)) {
      if fence.words.first == "mmq" {
        examples.append(PageExample(page, fence))
        last = fence.last
      } else if fence.words.first == "text", fence.first == last + 1, !examples.isEmpty {
        let index = examples.count - 1
        if fence.words.contains("messages") {
          examples[index].messages = fence.lines
        } else {
          examples[index].output = fence.lines
        }
        last = fence.last
      }
    }
    return examples
  }

  private init(_ page: String, _ fence: Fence) {
    self.page = page
    heading = fence.heading
    line = fence.first
    program = fence.lines.joined(separator: "\n")
    for word in fence.words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts[0], parts.count > 1 ? parts[1] : nil) {
      case ("input", let value?): input = value
      case ("format", let value?): format = value
      case ("argument", let value?): argument(value)
      case ("unsafe", nil): options.isUnsafe = true
      case ("norun", nil): isRun = false
      default: slips.append(word)
      }
    }
  }

  private mutating func argument(_ word: String) {
    guard word.hasPrefix("--") else { return options.parameters.positionals.append(word) }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
    options.parameters.options[parts[0]] = .some(parts.count > 1 ? parts[1] : nil)
  }
}

/// A fenced block of a page.
private struct Fence {
  var words: [String]
  var heading: String
  var lines: [String] = []
  /// The lines of its two fences, from 1.
  var first: Int
  var last: Int

  static func all(in text: String) -> [Fence] {
    var fences: [Fence] = []
    var open: Fence?
    var heading = ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() {
      if var fence = open {
        open = nil
        if line == "```" {
          fence.last = index + 1
          fences.append(fence)
        } else {
          fence.lines.append(line)
          open = fence
        }
      } else if line.hasPrefix("```") {
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        open = Fence(words: words, heading: heading, first: index + 1, last: index + 1)
      } else if line.hasPrefix("#") {
        heading = String(line.drop { $0 == "#" || $0 == " " })
      }
    }
    return fences
  }
}
