// What the tests on the running kernel share: whether they can run, the program, the workload.

import Foundation
import MMQTestSupport
import MMQTrace
import Testing

/// The running kernel, as far as the tests may use it.
enum Tracing {
  /// False where instances cannot be made; says so once, and loudly.
  static let isPossible: Bool = {
    guard let problem else { return true }
    print("SKIP MMQLiveTests: \(problem)")
    return false
  }()

  private static let problem: String? = {
    do throws(TraceError) {
      let path = try Tracefs().path
      if access(path + "/instances", W_OK) != 0 { return "\(path)/instances cannot be written" }
      if access(path + "/events/raw_syscalls", R_OK) != 0 { return "no raw_syscalls events" }
      return access(mmq, X_OK) == 0 ? nil : "\(mmq) is not there"
    } catch {
      return error.message
    }
  }()

  /// The programs that the build put beside the tests; $MMQ_LIVE names another mmq, such as the
  /// release build for long runs.
  static let mmq = ProcessInfo.processInfo.environment["MMQ_LIVE"] ?? BuiltProgram.path("mmq")
  static let workload = BuiltProgram.path("mmq-workload")

  #if arch(x86_64)
    static let getppidNumber = 110
  #else
    static let getppidNumber = 173
  #endif

  /// The calling thread: `/proc/thread-self` is a link to `PID/task/TID`.
  static var thread: Int {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
    return link?.split(separator: "/").last.flatMap { Int($0) } ?? 0
  }

  /// So many system calls by the calling thread.
  static func callGetppid(_ times: Int) { for _ in 0..<times { _ = getppid() } }

  /// The instances that a process made.
  static func instances(of process: Int32) throws -> [String] {
    let all = try FileManager.default.contentsOfDirectory(
      atPath: try Tracefs().path + "/instances")
    return all.filter { $0.hasPrefix("mmq.\(process).") }
  }

  static func text(_ path: String) -> String {
    (try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd())
      .flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// A value of a map as text output shows it.
  static func value(_ name: String, in output: String) -> Int? {
    for line in output.split(separator: "\n") where line.hasPrefix("\(name): ") {
      return Int(line.dropFirst(name.count + 2))
    }
    return nil
  }
}

extension Trait where Self == ConditionTrait {
  static var needsTracefs: Self {
    .enabled(if: Tracing.isPossible, "tracefs, and the right to make instances in it")
  }
}
