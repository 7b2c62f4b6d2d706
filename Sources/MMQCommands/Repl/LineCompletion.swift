// What Tab does.

internal import CReadline
internal import Glibc

/// Readline's hooks are C functions, and know no session.
enum LineCompletion {
  nonisolated(unsafe) static weak var session: ReplSession?

  static let complete: creadline_completer = { _, _ in nil }
  static let list: creadline_lister = {}
}
