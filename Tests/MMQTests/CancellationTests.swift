// Who stops a run still gets what its end block says.

import MMQ
import MMQLanguage
import MMQTestSupport
import Testing

@Suite struct CancellationTests {
  private func run(_ text: String, isCancelled: @escaping () -> Bool) throws -> (String, Outcome) {
    let source = try MadeTrace.open()
    let script = Script(Source(name: "test", text), for: Target(source))
    #expect(!script.hasErrors)
    var bytes: [UInt8] = []
    let sink = TextRenderer(separator: "") { bytes += Array($0) }
    let outcome = try Session(script, source, sink: sink, isCancelled: isCancelled).start()
    return (String(decoding: bytes, as: UTF8.self), outcome)
  }

  /// The stop comes while the end block runs, or before it.
  @Test(arguments: [0, 5]) func loopsOfTheEndRunToTheirEnd(questions: Int) throws {
    var asked = 0
    let (output, outcome) = try run(
      """
      config = { print_maps_on_exit = false }
      begin { unroll (50) { @n++; @[@n] = 1; @[@n + 100] = 1; @[@n + 200] = 1; } }
      made:tick { @ticks = count(); }
      end {
        $turns = 0;
        for ($i : 0..5000) { $turns++; }
        for ($a : @) { for ($b : @) { $turns++; } }
        printf("%d turns", $turns);
      }
      """
    ) {
      asked += 1
      return asked > questions
    }
    #expect(output == "\(5000 + 150 * 150) turns")
    #expect(!outcome.hasFailed && outcome.exitCode == 0)
  }

  @Test func loopsBeforeTheEndStop() throws {
    let (output, outcome) = try run(
      """
      config = { print_maps_on_exit = false; max_loop_iterations = 100000 }
      begin { for ($i : 0..99999) { @turns = $i; } }
      made:tick { @ticks = count(); }
      end { printf("%d", @turns); }
      """
    ) { true }
    // Nobody is asked at each turn.
    #expect(Int(output).map { (500..<5000).contains($0) } == true, "\(output)")
    #expect(!outcome.hasFailed)
  }
}
