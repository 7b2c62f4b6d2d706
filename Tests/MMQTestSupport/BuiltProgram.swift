// Programs of the package that the build put beside the tests.

import Glibc

public enum BuiltProgram {
  /// The path of a product. Where it is not beside the tests, since a tool of the toolchain may run them,
  /// that of the debug build.
  public static func path(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
    let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let beside = own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/" + name
    if access(String(beside), X_OK) == 0 { return String(beside) }
    return "\(Places.package)/.build/debug/\(name)"
  }
}
