// Programs that wait for no event: what they know of the machine at hand.

import Foundation
import MMQTestSupport
import Testing

@Suite struct WithoutEventsCommandTests {
  @Test func symbolsAreThoseOfTheKernel() throws {
    let file = FileHandle(forReadingAtPath: "/proc/kallsyms")
    let symbols = String(decoding: try file?.readToEnd() ?? Data(), as: UTF8.self)
    guard let line = symbols.firstMatch(of: /(?m)^([0-9a-f]*[1-9a-f][0-9a-f]*) T schedule$/) else {
      return print("SKIP symbolsAreThoseOfTheKernel: /proc/kallsyms does not tell addresses")
    }
    let run = try MMQRun([
      "-q", "-e",
      "begin { printf(\"%lx %s\\n\", kaddr(\"schedule\"), ksym(kaddr(\"schedule\") + 1)); }",
    ])
    #expect(run.output.hasPrefix("\(line.1) schedule\n"), "\(run.output) \(run.errors)")
  }
}
