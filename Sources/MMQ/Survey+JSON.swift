// What a source holds, as JSON.

public import MMQTrace

extension Survey {
  /// One object on one line. Times are nanoseconds of the source's clock; numbers that a double cannot
  /// hold are strings, as everywhere; what is not recorded is null.
  public func json(of source: any TraceSource) -> String {
    var object = JSONObject()
    object.add("file", source.name)
    object.add("format", source.formatDescription)
    object.add("kernel", source.machine.uname)
    object.add("byte_order", "\(source.machine.byteOrder)")
    object.add("long_size", UInt64(source.machine.longSize))
    object.add("clock", source.clock.name)
    object.add("clock_is_nanoseconds", source.clock.isNanoseconds)
    object.add("first", first)
    object.add("last", last)
    object.add("streams", streams.map(Survey.object))
    object.add("events", Survey.object(events))
    object.add("lost", losses.map(Survey.object))
    return object.text + "\n"
  }

  private static func object(_ stream: Stream) -> JSONObject {
    var object = JSONObject()
    object.add("buffer", stream.buffer)
    object.add("cpu", UInt64(stream.cpu))
    object.add("records", stream.records)
    return object
  }

  private static func object(_ loss: StreamLosses) -> JSONObject {
    var object = JSONObject()
    object.add("buffer", loss.buffer)
    // null for losses of all CPUs together
    object.add("cpu", loss.cpu == .max ? nil : UInt64(loss.cpu))
    object.add("events", loss.losses.counted)
    object.add("gaps", loss.losses.countedGaps)
    object.add("gaps_of_unknown_size", loss.losses.unknownGaps)
    return object
  }

  /// The most frequent event first.
  private static func object(_ events: [String: UInt64]) -> JSONObject {
    var object = JSONObject()
    for (name, count) in events.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      object.add(name, count)
    }
    return object
  }
}
