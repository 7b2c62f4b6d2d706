// The end of a run in words.

internal import MMQ

extension Outcome {
  /// Says what was lost or doubtful, and what ended the run before its time: that is an error, which
  /// nothing hides.
  func say(isQuiet: Bool, showsWarnings: Bool) {
    if !isQuiet {
      for loss in losses { Console.error(LossText.line(loss)) }
    }
    if showsWarnings, !isQuiet {
      warnings.forEach(Console.error)
    } else if let failure {
      Console.error(failure.description)
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Double {
  /// `12.345`
  var withThousandths: String {
    let thousandths = Int((self * 1000).rounded())
    let digits = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// `12.3`
  var withTenths: String {
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
