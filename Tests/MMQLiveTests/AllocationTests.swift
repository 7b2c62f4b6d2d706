// A run that has seen all keys allocates nothing for an event.

import Foundation
import MMQ
import Testing

@Suite(.needsTracefs, .serialized) struct AllocationTests {
  /// Counts the calls that get memory, and says at the end how many they were.
  private static let counter = """
    #include <stddef.h>
    #include <stdio.h>
    #include <unistd.h>
    extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
    extern void *__libc_memalign(size_t, size_t);
    static unsigned long calls;
    static void note(void) { __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED); }
    void *malloc(size_t n) { note(); return __libc_malloc(n); }
    void *calloc(size_t a, size_t b) { note(); return __libc_calloc(a, b); }
    void *realloc(void *p, size_t n) { note(); return __libc_realloc(p, n); }
    void *aligned_alloc(size_t a, size_t n) { note(); return __libc_memalign(a, n); }
    int posix_memalign(void **p, size_t a, size_t n) {
      note();
      *p = __libc_memalign(a, n);
      return *p ? 0 : 12;
    }
    __attribute__((destructor)) static void end(void) {
      char text[64];
      int n = snprintf(text, sizeof text, "allocations: %lu\\n", calls);
      if (write(2, text, n) < 0) return;
    }
    """

  /// The library for LD_PRELOAD; nil, and said loudly, where there is no C compiler.
  private static let library: String? = {
    let base = NSTemporaryDirectory() + "mmq-allocations.\(getpid())"
    for compiler in ["/usr/bin/cc", "/usr/bin/clang"] where access(compiler, X_OK) == 0 {
      try? counter.write(toFile: base + ".c", atomically: true, encoding: .utf8)
      defer { unlink(base + ".c") }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: compiler)
      process.arguments = ["-shared", "-fPIC", "-O1", "-o", base + ".so", base + ".c"]
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return base + ".so" }
    }
    print("SKIP AllocationTests: no C compiler for a library that counts allocations")
    return nil
  }()

  /// Allocations of a run over so many system calls.
  private func allocations(_ body: String, _ calls: Int, _ library: String) throws -> Int {
    let run = try MMQProcess(
      [
        "-b", "16M", "-e",
        "raw_syscalls:sys_enter / args.id == \(Tracing.getppidNumber) && tid == \(Tracing.thread) / "
          + "{ @all = count(); \(body) }",
      ], environment: ["LD_PRELOAD": library])
    for _ in 0..<(calls / 1000) {
      Tracing.callGetppid(1000)
      usleep(1000)
    }
    let output = run.stop()
    #expect(output.contains("@all: \(calls)\n"), "\(output)\(run.stderr)")
    let line = run.stderr.split(separator: "\n").last { $0.hasPrefix("allocations: ") }
    return try #require(
      line.flatMap { Int($0.dropFirst(13)) },
      "a static program, as $MMQ_LIVE may name, preloads nothing: \(run.stderr)")
  }

  @Test(arguments: [
    "@[args.id] = count();", "@[comm] = sum(args.id);", "@ = hist(args.id);",
    "@ = quantile(args.id, 50, 99);", "if (comm == \"another\") { @ = count(); }",
    "@last[cpu] = comm; @since[tid] = nsecs;",
  ]) func eventsAllocateNothing(_ body: String) throws {
    guard let library = Self.library else { return }
    let few = try allocations(body, 50_000, library)
    let many = try allocations(body, 150_000, library)
    // What runs now and then may: a round of reading, 50 a second, and a task that begins, of which tests
    // beside this one make thousands. An event more is 100,000 times.
    #expect(many - few < 25_000, "\(few) and \(many)")
  }
}
