// What mmq takes of memory, of time until it begins, and of the disk.

import ArgumentParser
import Foundation

struct Footprint {
  let workplace: Workplace
  let programs: Programs
  let stopwatch: Stopwatch

  private static let starts = 20
  private static let mostMemory = 64.0

  func text(_ races: Races, keys: UInt64, input: String) throws -> String {
    let cost = MapCost(programs: programs, stopwatch: stopwatch, input: input)
    let rows = memoryRows(races) + (try startRows()) + (try cost.rows(keys)) + (try sizeRows())
    return "### Memory, start, size\n\n" + Text.table(["what", "measured", "at most"], rows)
  }

  private func memoryRows(_ races: Races) -> [[String]] {
    ["Q1", BenchField.packedRow(BenchField.packed[0])].flatMap { row in
      [Races.oneCore, Races.allCores].map { program in
        let peak = races.series.memory(row, program).map { Double($0) / 1024 }
        return [
          "peak memory of \(row), `\(program)`, MB", limited(peak, Self.mostMemory, 1), "64",
        ]
      }
    }
  }

  private func startRows() throws -> [[String]] {
    let runs = try (0..<Self.starts).map { _ in
      try stopwatch.measure([programs.mmq, "-e", "begin { exit() }"])
    }
    let time = Series.median(of: runs.map { $0.wall * 1e3 })
    return [
      ["`mmq -e 'begin { exit() }'`, ms (median of \(Self.starts))", limited(time, 10, 1), "10"]
    ]
  }

  /// The program without symbols, and what a machine without Swift would lack.
  private func sizeRows() throws -> [[String]] {
    guard Workplace.find("strip") != nil, Workplace.find("readelf") != nil else {
      return [["size of the program", "SKIP: strip or readelf is not installed", "25"]]
    }
    let stripped = try programs.stripped(workplace)
    let size = try FileManager.default.attributesOfItem(atPath: stripped)[.size] as? Int ?? 0
    let libraries = try Self.libraries(programs.mmq)
    return [
      ["stripped program, MB", limited(Double(size) / 1e6, 25, 1), "25"],
      [
        "libraries that it needs", libraries.isEmpty ? "none: it is static" : libraries,
        "none",
      ],
    ]
  }

  /// Those of NEEDED in its dynamic section.
  static func libraries(_ program: String) throws -> String {
    let text = try Programs.output(["readelf", "-d", program]).text
    return text.split(separator: "\n").filter { $0.contains("(NEEDED)") }
      .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
      .joined(separator: ", ")
  }

  private func limited(_ value: Double?, _ limit: Double, _ digits: Int) -> String {
    let text = Text.number(value, digits)
    return value ?? 0 > limit ? "**\(text)**" : text
  }
}
