// The programs that are measured, or that measure.

import ArgumentParser
import Foundation

struct Programs {
  let mmq: String
  /// Where that is, as it is printed.
  let place: String
  let measure: String
  /// The hand-written loops for version 6.
  let floors: String
  /// The package's own loops, which know `zstd`, too.
  let ownFloors: String
  /// What the floors were built from.
  let floorsSource: String

  /// Builds what is not given. `swift run mmq-bench` builds only mmq-bench itself.
  init(_ workplace: Workplace, mmq given: String?, builds: Bool) throws {
    let products = (given == nil ? ["mmq"] : []) + ["mmq-measure", "mmq-floors"]
    if builds { for product in products { try Self.build(product, workplace) } }
    mmq = try given ?? Self.install(workplace.programs + "/mmq", workplace)
    place = workplace.shown(mmq)
    measure = workplace.programs + "/mmq-measure"
    ownFloors = workplace.programs + "/mmq-floors"
    (floors, floorsSource) = try Self.makeFloors(workplace) ?? (ownFloors, "Sources/mmq-floors")
    for path in [mmq, measure, ownFloors] where !FileManager.default.isExecutableFile(atPath: path)
    {
      throw ValidationError("\(path) is not there")
    }
  }

  private static func build(_ product: String, _ workplace: Workplace) throws {
    Workplace.say("building \(product)")
    let scratch = URL(fileURLWithPath: workplace.programs + "/../..").standardized.path
    try run([
      "swift", "build", "-c", "release", "--static-swift-stdlib", "--package-path",
      workplace.package, "--scratch-path", scratch, "--product", product,
    ])
  }

  /// A copy, as on the machine of somebody who installed it. What a linker has just written lies in the page cache
  /// in small pieces: the program starts later by a quarter.
  private static func install(_ program: String, _ workplace: Workplace) throws -> String {
    let path = workplace.directory + "/mmq"
    try run(["cp", "--remove-destination", program, path])
    return path
  }

  /// The shared `floors.c`, if there is one and a compiler for it.
  private static func makeFloors(_ workplace: Workplace) throws -> (String, String)? {
    guard let source = workplace.first(of: ["shared/bench/floors.c"]), Workplace.find("cc") != nil
    else { return nil }
    let program = workplace.directory + "/floors"
    try run(["cc", "-O2", "-w", "-o", program, source])
    return (program, workplace.shown(source) + ", `cc -O2`")
  }

  /// A copy of mmq without symbols.
  func stripped(_ workplace: Workplace) throws -> String {
    let path = workplace.directory + "/mmq.stripped"
    try Self.run(["strip", "-o", path, mmq])
    return path
  }

  /// Runs a command whose output is of no interest unless it fails.
  static func run(_ words: [String]) throws {
    let result = try output(words)
    guard result.code == 0 else {
      throw ValidationError("\(words.joined(separator: " ")) failed:\n\(result.text)")
    }
  }

  /// What a command says, on standard output and standard error alike, and its exit code.
  static func output(
    _ words: [String], environment: [String: String] = [:]
  ) throws -> (text: String, code: Int32) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }
}
