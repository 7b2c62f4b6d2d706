// A run that ends in `begin` has no use for the events, and does not read them.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct BeginTests {
  @Test(arguments: ["slab.dat", "reclaim.dat"]) func anEndInBeginReadsNoEvents(_ name: String)
    throws
  {
    let path = try #require(Places.capture(name))
    for jobs in [1, 3] {
      for text in [
        "", "*:* { @[probe] = count(); }", "interval:s:1 { print(1); }",
        "*:* { @[ksym(nsecs), comm] = count(); @t[cpu] = nsecs; }",
      ] {
        let source = try TraceDat(path: path)
        let opened = try #require(source.bytesRead).soFar
        let outcome = try run("begin { exit(); } " + text, source, jobs)
        let read = try #require(source.bytesRead)
        #expect(outcome.records == 0)
        #expect(outcome.losses.isEmpty)
        // A chunk of each CPU, for the time of the first record; names of threads are all over it.
        if !text.contains("comm") {
          #expect(read.soFar - opened < read.inOnePass / 4, "\(text): \(read) after \(opened)")
        }
      }
    }
  }

  private func run(_ text: String, _ source: any TraceSource, _ jobs: Int) throws -> Outcome {
    let script = Script(Source(name: "begin", text), for: Target(source))
    try #require(!script.hasErrors)
    var options = RunOptions()
    options.jobs = jobs
    return try Session(script, source, sink: TextRenderer { _ in }, options: options).start()
  }
}
