// Long listings on a terminal go through a pager.

internal import Glibc

enum Pager {
  /// Prints a text; on a terminal that is too small for it, through $MMQ_PAGER, $PAGER or less.
  static func show(_ text: String) {
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
    guard Console.inputIsTerminal, Console.outputIsTerminal, lines >= Console.rows,
      let pager = start()
    else {
      return Console.print(text)
    }
    // Whoever leaves the pager early closes the pipe.
    let before = signal(SIGPIPE, SIG_IGN)
    _ = Array(text.utf8).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, pager) }
    pclose(pager)
    signal(SIGPIPE, before)
  }

  /// nil for an empty name, or `cat`: no pager is wanted.
  private static func start() -> UnsafeMutablePointer<FILE>? {
    let command = Environment.first(of: "MMQ_PAGER", "PAGER") ?? "less -FRX"
    return ["", "cat"].contains(command) ? nil : popen(command, "w")
  }
}
