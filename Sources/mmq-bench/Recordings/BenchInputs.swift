// Long recordings, made once and used again.

import ArgumentParser
import Foundation
import MMQTrace
import MMQTraceWriter

/// A recording that was made.
struct BenchInput {
  let path: String
  let events: UInt64
  /// What it was made of, and how large it is.
  let description: String
}

struct BenchInputs {
  let workplace: Workplace

  /// How the pages of a recording are written.
  enum Form: String {
    case version6 = "v6"
    case version7 = "v7-zstd"
  }

  /// A recording is never shorter than what it is made of: short ones are made of the copies in the
  /// package, which hold only the first pages.
  private static let eventsOfReclaim: UInt64 = 779_754

  func slab() throws -> String {
    try capture(["shared/captures/slab-v6.dat", "Tests/Fixtures/benchmark/slab.dat"])
  }

  func reclaim(events: UInt64) throws -> String {
    let names = ["shared/captures/reclaim.dat", "Tests/Fixtures/benchmark/reclaim.dat"]
    return try capture(events < Self.eventsOfReclaim ? names.reversed() : names)
  }

  private func capture(_ names: [String]) throws -> String {
    guard let path = workplace.first(of: names) else {
      throw ValidationError("neither \(names[0]) nor \(names[1]) is there")
    }
    return path
  }

  /// The pages of `source`, repeated with later time stamps up to so many events. What an earlier run
  /// made is used again unless the source is newer.
  func make(_ source: String, _ form: Form, events: UInt64) throws -> BenchInput {
    // Captures of one name are in several places.
    let name = workplace.shown(source).split(separator: "/").filter { $0 != ".." }
      .joined(separator: "-")
    let path = "\(workplace.directory)/\(name)-\(form.rawValue)-\(events).dat"
    if let old = Self.count(path, newerThan: source) { return try input(path, old, source) }
    Workplace.say("making \(workplace.shown(path))")
    var stretch = Stretch(.events(events))
    stretch.version = form == .version6 ? 6 : 7
    stretch.compression = form == .version6 ? RecordingCompression.none : .zstd
    let part = path + ".part"
    let made = try stretch.copy(try TraceDat(path: source), to: part).events
    try Self.publish(part, as: path, events: made)
    return try input(path, made, source)
  }

  /// perf.data of `source`, likewise.
  func makePerf(_ source: String, events: UInt64) throws -> BenchInput {
    let path = "\(workplace.directory)/kmem-\(events).perf.data"
    if let old = Self.count(path, newerThan: source) { return try input(path, old, source) }
    Workplace.say("making \(workplace.shown(path))")
    let part = path + ".part"
    let made = try PerfStretch(source).write(part, events: events)
    try Self.publish(part, as: path, events: made)
    return try input(path, made, source)
  }

  private func input(_ path: String, _ events: UInt64, _ source: String) throws -> BenchInput {
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64 ?? 0
    return BenchInput(
      path: path, events: events,
      description: "\(workplace.shown(source)) repeated to \(Text.millions(events)) M events, "
        + "\(size / 1_000_000) MB")
  }

  /// The count of events that stands beside a recording of an earlier run.
  private static func count(_ path: String, newerThan source: String) -> UInt64? {
    guard let made = date(path), let original = date(source), made > original,
      let text = try? String(contentsOfFile: path + ".events", encoding: .utf8)
    else { return nil }
    return UInt64(text)
  }

  private static func date(_ path: String) -> Date? {
    try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
  }

  /// The recording gets its name last: what has the name is whole.
  private static func publish(_ part: String, as path: String, events: UInt64) throws {
    try String(events).write(toFile: path + ".events", atomically: true, encoding: .utf8)
    guard rename(part, path) == 0 else {
      throw ValidationError("\(path): \(String(cString: strerror(errno)))")
    }
  }
}
