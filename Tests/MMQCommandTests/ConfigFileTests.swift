// The user's file of settings, mmq/config.

import Foundation
import MMQTestSupport
import Testing

@Suite struct ConfigFileTests {
  private func asked(_ config: String, _ words: [String] = [], _ more: [String: String] = [:])
    throws -> MMQRun
  {
    let directory = TemporaryPath().path + ".config"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(
      atPath: directory + "/mmq", withIntermediateDirectories: true)
    try config.write(toFile: directory + "/mmq/config", atomically: false, encoding: .utf8)
    let program = "end { printf(\"%d\\n\", config().max_cat_bytes); }"
    return try MMQRun(
      ["-q", "-e", program] + words,
      environment: ["XDG_CONFIG_HOME": directory].merging(more) { $1 })
  }

  @Test func theFileOfSettingsIsRead() throws {
    let config = "# mine\n\nmax_cat_bytes = 77  # bytes\nprint_maps_on_exit=no\n"
    #expect(try asked(config).output.hasPrefix("77\n"))
    #expect(try asked(config, [], ["MMQ_MAX_CAT_BYTES": "78"]).output.hasPrefix("78\n"))
    #expect(try asked(config, ["-e", "end { @ = 1; }"]).output.hasSuffix("77\n\n\n"))
    #expect(try asked("").output.hasPrefix("10240\n"))
    // As in the config block of a script, and as an editor of another system leaves it.
    #expect(try asked("# mine\r\nBPFTRACE_MAX_CAT_BYTES = 79\r\n").output.hasPrefix("79\n"))
  }

  @Test(arguments: [
    ("\nmax_cat_byte = 7", ":2: there is no setting 'max_cat_byte'; did you mean max_cat_bytes?"),
    ("max_cat_bytes", ":1: a setting is NAME = VALUE"), ("license =", ":1: a setting is NAME = "),
  ])
  func slipsInTheFileAreSaid(_ config: String, _ answer: String) throws {
    let run = try asked(config)
    #expect(run.status == 2 && run.output == "" && run.errors.contains("/mmq/config\(answer)"))
  }
}
