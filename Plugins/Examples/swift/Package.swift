// swift-tools-version: 5.9
import PackageDescription

let package = Package(
  name: "apology-words",
  targets: [
    .target(name: "ApologyWordsJudge"),
    .executableTarget(name: "apology-words", dependencies: ["ApologyWordsJudge"]),
    .testTarget(name: "ApologyWordsJudgeTests", dependencies: ["ApologyWordsJudge"]),
  ]
)
