// swift-tools-version: 6.2
import PackageDescription

// Strict: a warning is an error, and an import shows only what it names.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// The program's release build needs no library of the machine that it runs on, and starts in half the time. lld
// keeps quiet about getpwnam(3), which readline calls for `~user`. Only the product has this target: tests, which
// take mmq's parts, are linked as usual. MMQ_DYNAMIC=1 is for machines without static libraries.
let programLinking: [LinkerSetting] =
  Context.environment["MMQ_DYNAMIC"] != nil
  ? []
  : [
    .linkedLibrary("tinfo", .when(platforms: [.linux], configuration: .release)),
    // Compiled for shared libraries of Swift, FoundationEssentials does not name what it needs as a static one.
    .linkedLibrary("_FoundationCollections", .when(platforms: [.linux], configuration: .release)),
    .linkedLibrary("_FoundationCShims", .when(platforms: [.linux], configuration: .release)),
    .unsafeFlags(
      ["-static-executable", "-use-ld=lld"], .when(platforms: [.linux], configuration: .release)),
  ]

let package = Package(
  name: "mmq",
  products: [
    // Embedding programs import MMQ, which brings the other two.
    .library(name: "MMQ", targets: ["MMQ", "MMQLanguage", "MMQTrace"]),
    // The same for C, by mmq.h.
    .library(name: "CMMQ", type: .dynamic, targets: ["MMQC"]),
    .library(name: "CMMQStatic", type: .static, targets: ["MMQC"]),
    .executable(name: "mmq", targets: ["mmq", "CStatic"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CLinux"),
    // Only the program links it, never the library: it is under the GPL.
    .target(name: "CReadline", linkerSettings: [.linkedLibrary("readline")]),
    // MMQLanguage knows no traces and MMQTrace knows no language; they meet only in MMQ.
    .target(name: "MMQLanguage", swiftSettings: strict),
    .target(name: "MMQTrace", dependencies: ["CLinux", "CZstd", "CZlib"], swiftSettings: strict),
    .target(
      name: "MMQTraceWriter", dependencies: ["CLinux", "CZlib", "CZstd", "MMQTrace"],
      swiftSettings: strict),
    .target(
      name: "MMQ", dependencies: ["CLinux", "MMQLanguage", "MMQTrace"], swiftSettings: strict),
    // mmq.h, and what is behind it.
    .target(name: "CMMQ"),
    .target(name: "MMQC", dependencies: ["CMMQ", "MMQ"], swiftSettings: strict),
    // The shipped scripts, compiled in.
    .target(
      name: "MMQRecipes", resources: [.embedInCode("Recipes")], swiftSettings: strict),
    .target(
      name: "MMQCommands",
      dependencies: [
        "CLinux", "CReadline", "MMQ", "MMQLanguage", "MMQRecipes", "MMQTrace", "MMQTraceWriter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "mmq", dependencies: ["MMQCommands"], swiftSettings: strict),
    .target(name: "CStatic", linkerSettings: programLinking),
    // Makes long recordings out of short ones, for benchmarks and tests.
    .executableTarget(
      name: "mmq-stretch",
      dependencies: [
        "MMQTrace", "MMQTraceWriter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "mmq-bench",
      dependencies: [
        "CLinux", "MMQ", "MMQTrace", "MMQTraceWriter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // What the benchmark runs beside mmq: loops written by hand, and a small parent for what it measures.
    .executableTarget(name: "mmq-floors", dependencies: ["CZstd"]),
    .executableTarget(name: "mmq-measure"),
    // What several test targets share: scripts with marks, recordings made for tests.
    .target(
      name: "MMQTestSupport", dependencies: ["MMQLanguage", "MMQTrace", "MMQTraceWriter"],
      path: "Tests/MMQTestSupport", swiftSettings: strict),
    .testTarget(
      name: "MMQLanguageTests", dependencies: ["MMQLanguage", "MMQTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MMQTests",
      dependencies: ["CLinux", "MMQ", "MMQLanguage", "MMQTestSupport", "MMQTrace"],
      swiftSettings: strict),
    .testTarget(
      name: "ScriptTests",
      dependencies: [
        "MMQ", "MMQLanguage", "MMQRecipes", "MMQTestSupport", "MMQTrace", "MMQTraceWriter",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "MMQRecordingTests",
      dependencies: ["CZstd", "MMQTestSupport", "MMQTrace", "MMQTraceWriter"],
      swiftSettings: strict),
    .testTarget(
      name: "MMQBuiltinTests",
      dependencies: ["MMQ", "MMQLanguage", "MMQTrace", "MMQTraceWriter"], swiftSettings: strict),
    // For the thread sanitizer: sessions on several threads.
    .executableTarget(
      name: "mmq-threads", dependencies: ["MMQ"], path: "Tests/Threads", swiftSettings: strict),
    // mmq.h, and what the shared library is linked with.
    .testTarget(
      name: "MMQCTests", dependencies: ["CMMQ", "MMQC", "MMQTestSupport", "mmq"],
      swiftSettings: strict),
    // The command as a whole: mmq itself is run.
    .testTarget(
      name: "MMQCommandTests", dependencies: ["MMQRecipes", "MMQTestSupport", "mmq"],
      swiftSettings: strict),
    // What the live tests trace: a process that does a known number of things.
    .executableTarget(name: "mmq-workload", path: "Tests/Workload"),
    // On the running kernel; mmq itself is run, too.
    .testTarget(
      name: "MMQLiveTests",
      dependencies: [
        "MMQ", "MMQLanguage", "MMQRecipes", "MMQTestSupport", "MMQTrace", "mmq", "mmq-workload",
      ],
      swiftSettings: strict),
    // Sessions at a prompt, on pseudo-terminals.
    .target(
      name: "CTerminal", path: "Tests/CTerminal", linkerSettings: [.linkedLibrary("util")]),
    .testTarget(
      name: "MMQReplTests", dependencies: ["CTerminal", "MMQTestSupport", "MMQTrace", "mmq"],
      swiftSettings: strict),
    .testTarget(
      name: "MMQBenchTests",
      dependencies: ["MMQTestSupport", "mmq-bench", "mmq-floors", "mmq-measure"],
      swiftSettings: strict),
    .testTarget(
      name: "MMQTraceTests", dependencies: ["CLinux", "MMQTestSupport", "MMQTrace"],
      swiftSettings: strict),
  ]
)
