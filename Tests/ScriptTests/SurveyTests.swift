// What a recording holds, as JSON.

import Foundation
import MMQ
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct SurveyTests {
  static func json(_ source: any TraceSource) throws -> [String: Any] {
    let text = try Survey(source).json(of: source)
    #expect(text.hasSuffix("}\n") && !text.dropLast().contains("\n"))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func theMadeRecording() throws {
    let json = try Self.json(try MadeTrace.open())
    #expect(json["kernel"] as? String == "Linux made 6.1.0-1-test")
    #expect(json["first"] as? Int == 1_000_000_000 && json["last"] as? Int == 5_200_000_000)
    #expect(json["clock"] as? String == "mono" && json["clock_is_nanoseconds"] as? Bool == true)
    #expect(
      json["events"] as? [String: Int] == ["made:value": 2, "made:tick": 6, "made:tock": 2])
    let streams = try #require(json["streams"] as? [[String: Any]])
    #expect(streams.map { $0["records"] as? Int } == [5, 5])
    #expect((json["lost"] as? [Any])?.isEmpty == true)
  }

  @Test func losses() throws {
    let path = try #require(Places.capture("lost.dat"))
    let lost = try Self.json(try SourceFormat.open(path: path))["lost"] as? [[String: Any]]
    #expect(lost?.map { $0["events"] as? Int } == [2129, 1538])
    #expect(lost?.map { $0["gaps_of_unknown_size"] as? Int } == [2, 2])
  }
}
