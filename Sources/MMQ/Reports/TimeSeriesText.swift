// A time series as a plot of text, in bpftrace's layout.

enum TimeSeriesText {
  /// The plot with both of its edges.
  private static let width = 53
  /// Where the label of the greatest value starts at the earliest.
  private static let leastLabelWidth = 21

  static func text(_ points: [Value.Point], _ interval: UInt64) -> String {
    guard let (least, greatest) = range(points) else { return "<no data>\n" }
    let unit = TimeUnit(of: interval)
    let margin = String(repeating: " ", count: 9 + (unit.digits == 0 ? 0 : 1 + unit.digits))
    let edge = String(repeating: "_", count: width - 2)
    let bounds = margin + padded(least, greatest)
    let head = "hh:mm:ss\(unit.suffix)"
    let rows = points.map { "\($0.time) " + row($0.value, least, greatest) }.joined()
    return bounds + head + String(repeating: " ", count: max(0, margin.count - head.count))
      + "|\(edge)|\n" + rows + margin + "v\(edge)v\n" + bounds
  }

  /// The least and the greatest value, a little apart if they are equal; nil without a value.
  private static func range(
    _ points: [Value.Point]
  ) -> (least: Value.Number, greatest: Value.Number)? {
    let values = points.compactMap(\.value)
    guard var least = values.first else { return nil }
    var greatest = least
    for value in values {
      if value.isNewLeast(after: least) { least = value }
      if value.isNewGreatest(after: greatest) { greatest = value }
    }
    return least == greatest ? (least.moved(by: -1), greatest.moved(by: 1)) : (least, greatest)
  }

  private static func padded(_ least: Value.Number, _ greatest: Value.Number) -> String {
    let (left, right) = (text(least), text(greatest))
    return left + String(repeating: " ", count: max(0, leastLabelWidth - left.count))
      + String(repeating: " ", count: max(0, width - leastLabelWidth - right.count)) + right + "\n"
  }

  private static func row(
    _ value: Value.Number?, _ least: Value.Number, _ greatest: Value.Number
  ) -> String {
    var line = [UInt8](repeating: UInt8(ascii: " "), count: width)
    line[0] = UInt8(ascii: "|")
    line[width - 1] = UInt8(ascii: "|")
    if least.double < 0, greatest.double > 0 {
      let zero = place(0, least.double, greatest.double, among: width)
      if zero > 0 { line[zero] = UInt8(ascii: ".") }
    }
    guard let value else { return String(decoding: line, as: UTF8.self) + " -\n" }
    line[place(value.double, least.double, greatest.double, among: width - 1)] = UInt8(ascii: "*")
    return String(decoding: line, as: UTF8.self) + " \(text(value))\n"
  }

  /// In single precision, so that points stand where bpftrace's do. A nan stands at the left.
  private static func place(
    _ value: Double, _ least: Double, _ greatest: Double, among columns: Int
  ) -> Int {
    let place = Float(columns) * Float(value - least) / Float(greatest - least)
    return place.isFinite ? max(0, min(width - 1, Int(place))) : 0
  }

  private static func text(_ number: Value.Number) -> String {
    var buffer = ByteBuffer()
    buffer.append(number)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }
}

extension Value.Number {
  /// One more or less; stays at the end of its range.
  fileprivate func moved(by step: Int) -> Value.Number {
    switch self {
    case .signed(let value):
      let sum = value.addingReportingOverflow(Int64(step))
      return .signed(sum.overflow ? value : sum.partialValue)
    case .unsigned(let value):
      if step < 0 { return .unsigned(value == 0 ? 0 : value - 1) }
      return .unsigned(value == .max ? value : value + 1)
    case .float(let value): return .float(value + Double(step))
    }
  }
}
