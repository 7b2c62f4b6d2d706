// Why a state cannot be read, merged or shown.

/// A sentence that says what is wrong with a state, or with merging two of them.
public struct StateError: Error, Sendable, Equatable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }

  static let damaged = StateError("is damaged: its bytes are not those that were written")
}
