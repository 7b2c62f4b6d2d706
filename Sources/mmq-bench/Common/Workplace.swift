// Where the benchmarks find what they need, and where they make their files.

import ArgumentParser
import Foundation

struct Workplace {
  /// The directory of Package.swift.
  let package: String
  /// The directory of captures that are no part of the project; nil where there is none.
  let shared: String?
  /// Made recordings, programs and output go there.
  let directory: String
  /// The directory of this program, and of those that are built with it.
  let programs: String

  /// Looks for the package from the current directory upwards.
  init() throws {
    let files = FileManager.default
    var place = URL(fileURLWithPath: files.currentDirectoryPath)
    while !files.fileExists(atPath: place.path + "/Package.swift") {
      guard place.path != "/" else {
        throw ValidationError("run it in the package's directory: there is no Package.swift here")
      }
      place.deleteLastPathComponent()
    }
    package = place.path
    let root = ProcessInfo.processInfo.environment["MMQ_SHARED"] ?? package + "/../shared"
    shared = files.fileExists(atPath: root + "/captures") ? root : nil
    programs =
      URL(fileURLWithPath: try files.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .deletingLastPathComponent().path
    directory = package + "/.build/bench"
    try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  /// The first of these files that there is: `shared/…` is outside of the package, others inside.
  func first(of names: [String]) -> String? {
    names.compactMap { name -> String? in
      guard name.hasPrefix("shared/") else { return "\(package)/\(name)" }
      return shared.map { $0 + name.dropFirst("shared".count) }
    }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// A path as it is printed: that of a file of the package is relative to it.
  func shown(_ path: String) -> String {
    if path.hasPrefix(package + "/../shared/") { return String(path.dropFirst(package.count + 1)) }
    return path.hasPrefix(package + "/") ? String(path.dropFirst(package.count + 1)) : path
  }

  /// Where a program of that name is, if it can be run.
  static func find(_ program: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Says on standard error what is being done.
  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
