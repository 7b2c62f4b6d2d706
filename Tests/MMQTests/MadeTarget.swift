// A table of names, and a recording to check scripts against.

import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace

enum SymbolTableForTests {
  static let states = SymbolTable(
    kind: .values,
    entries: [
      .init(value: 0, name: "idle"), .init(value: 1, name: "busy"), .init(value: 2, name: "done"),
    ])
}

enum MadeTarget {
  /// A fresh one each time: it is no value to share between threads.
  static var target: Target {
    do { return Target(try MadeTrace.open()) } catch { preconditionFailure("\(error)") }
  }

  /// Both recordings.
  static var several: Target {
    do {
      return Target([try MadeTrace.open(), try OddTrace.open()])
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// The events of OddTrace.
  static var odd: Target {
    do { return Target(try OddTrace.open()) } catch { preconditionFailure("\(error)") }
  }
}
