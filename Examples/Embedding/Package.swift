// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "embedding-example",
  dependencies: [
    // In a program of your own: .package(url: …)
    .package(name: "mmq", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "embedding-example", dependencies: [.product(name: "MMQ", package: "mmq")])
  ]
)
