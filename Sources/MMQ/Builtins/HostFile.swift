// Files and commands of the machine that mmq runs on.

internal import CLinux
internal import Glibc

/// Reads whole files, up to a limit.
enum HostFile {
  /// The name of mmq's own task.
  static var ownName: [UInt8] {
    let name = read("/proc/self/comm", limit: 64).bytes?.prefix { $0 != UInt8(ascii: "\n") }
    return name.map(Array.init) ?? Array("mmq".utf8)
  }

  /// The first bytes of a file; what the system says where it cannot be read.
  static func read(_ path: String, limit: Int) -> (bytes: [UInt8]?, isCut: Bool, problem: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return (nil, false, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    // One byte more than is wanted tells whether the file goes on.
    while bytes.count <= limit {
      let got = Glibc.read(descriptor, &block, block.count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { return (nil, false, String(cString: strerror(errno))) }
      if got == 0 { return (bytes, false, "") }
      bytes += block[..<got]
    }
    return (Array(bytes.prefix(limit)), true, "")
  }
}

/// Runs commands of system().
enum HostCommand {
  /// Runs a command by `/bin/sh` and hands on its standard output piece by piece. False where it
  /// could not be started.
  static func run(_ command: [UInt8], _ take: ([UInt8]) -> Void) -> Bool {
    let text = command.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    var child: Int32 = 0
    let output = clinux_start_shell(text, &child)
    guard output >= 0 else { return false }
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let got = Glibc.read(output, &block, block.count)
      if got < 0, errno == EINTR { continue }
      if got <= 0 { break }
      take(Array(block[..<got]))
    }
    close(output)
    clinux_wait_for(child)
    return true
  }
}
