// swift-tools-version: 6.2
import PackageDescription

// Dependencies point down only (see CONTRIBUTING.md); `LayeringTests` reads this file and fails on an arrow upward.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// C is optimised in debug builds too: at -O0 a kernel is 14 to 65 times slower and the tests crawl.
let cStrict: [CSetting] = [
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-O2"], .when(configuration: .debug)),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources, swiftSettings: strict)
}

func plugin(_ name: String) -> Target {
  .target(name: name, dependencies: ["JudgeKit"], path: "Plugins/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.byName(name: name), "TestKit", "Locking"] + dependencies,
    path: "Tests/\(name)Tests",
    resources: resources,
    swiftSettings: strict
  )
}

let package = Package(
  name: "Tribunal",
  products: [.executable(name: "tribunal", targets: ["TribunalCLI"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // System libraries and C
    .systemLibrary(
      name: "COpenBLAS",
      path: "Sources/System/COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]
    ),
    .systemLibrary(
      name: "CJansson",
      path: "Sources/System/CJansson",
      pkgConfig: "jansson",
      providers: [.apt(["libjansson-dev"])]
    ),
    .systemLibrary(
      name: "CCrypto",
      path: "Sources/System/CCrypto",
      pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]
    ),

    .systemLibrary(
      name: "CCurl",
      path: "Sources/System/CCurl",
      pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    .systemLibrary(
      name: "CSnappy",
      path: "Sources/System/CSnappy",
      pkgConfig: "snappy",
      providers: [.apt(["libsnappy-dev"])]
    ),
    .systemLibrary(
      name: "CZlib",
      path: "Sources/System/CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]
    ),
    .systemLibrary(
      name: "CZstd",
      path: "Sources/System/CZstd",
      pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"])]
    ),
    .target(name: "CSpawn", path: "Sources/CSpawn", cSettings: cStrict),
    .target(name: "CJudgePlugin", path: "Sources/CJudgePlugin", cSettings: cStrict),
    .target(name: "CKernels", path: "Sources/CKernels", cSettings: cStrict),

    // Foundations
    module("Locking"),
    module("Wording"),
    module("Hashing", ["CCrypto"]),
    module("JSON", ["CJansson", "Hashing"]),

    module("HTTP", ["Locking", "CCurl"]),
    module("Endpoints", ["HTTP", "JSON", "JudgeKit"]),
    module("Hub", ["Endpoints", "HTTP", "JSON", "Hashing", "JudgeKit", "Locking", "Wording"]),
    module("Subprocess", ["Locking", "CSpawn"]),

    module("Parquet", ["JSON", "Wording", "CSnappy", "CZlib", "CZstd"]),

    // Models
    module("Tensors", ["JSON", "Hashing", "CKernels"]),
    module("Tokenization", ["JSON", "Hashing"]),
    module("ChatTemplates", ["JSON"]),
    module("Inference", ["ChatTemplates", "Tokenization", "Tensors", "JSON", "Hashing", "CKernels", "COpenBLAS"]),

    module("Abliteration", ["Inference", "Tensors", "JSON"]),

    // Judges
    module("JudgeKit"),
    plugin("KeywordJudge"),
    plugin("LocalModelJudge"),
    plugin("SelfProbeJudge"),
    plugin("RemoteJudge"),
    module(
      "JudgeHost",
      ["JudgeKit", "Agreement", "Endpoints", "HTTP", "Hub", "Subprocess", "JSON", "Hashing", "Locking", "CJudgePlugin"]
    ),

    // Measuring, keeping, showing
    // Optimised in debug builds too: the loops of a bootstrap are 60 times slower at -Onone and the tests crawl.
    .target(
      name: "Agreement",
      path: "Sources/Agreement",
      swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    module("StatisticCatalog", ["Agreement", "JSON"]),
    module("LabelTables", ["Agreement", "JSON", "Hashing", "Wording"]),
    module("Prompts", ["LabelTables", "Parquet", "JSON", "Hashing", "Wording"]),
    module("Assessment", ["LabelTables", "Agreement", "JSON", "Wording"]),
    module("PaperReplication", ["Agreement", "JSON", "LabelTables"]),
    .target(
      name: "Study",
      dependencies: [
        "Abliteration", "Inference", "Tokenization", "Endpoints", "Hub", "JudgeHost", "JudgeKit", "LabelTables",
        "Agreement", "Assessment", "Prompts", "JSON", "Hashing", "Locking", "Subprocess", "Wording",
        "KeywordJudge", "LocalModelJudge", "SelfProbeJudge", "RemoteJudge",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      path: "Sources/Study",
      swiftSettings: strict
    ),
    module("Report", ["Study", "Prompts", "LabelTables", "Agreement", "JudgeHost", "JudgeKit", "JSON", "Wording"]),

    // Outer rooms
    .executableTarget(
      name: "TribunalCLI",
      dependencies: [
        "Report", "Study", "Prompts", "PaperReplication", "Assessment", "LabelTables", "StatisticCatalog", "Agreement",
        "JudgeHost", "JudgeKit",
        "Wording", "Hub",
        "Abliteration", "Inference", "ChatTemplates", "Tokenization", "Tensors", "JSON", "Locking",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/TribunalCLI",
      swiftSettings: strict
    ),

    // Tests
    .target(
      name: "CTestTLS",
      path: "Tests/CTestTLS",
      cSettings: cStrict,
      linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]
    ),
    .target(
      name: "TestKit",
      dependencies: ["JudgeKit", "Endpoints", "JSON", "Hashing", "Locking", "CTestTLS"],
      path: "Tests/TestKit",
      swiftSettings: strict
    ),
    .testTarget(name: "LayeringTests", path: "Tests/LayeringTests", swiftSettings: strict),
    .testTarget(name: "LockingTests", dependencies: ["Locking"], path: "Tests/LockingTests", swiftSettings: strict),
    tests("Hashing"),
    tests("JSON"),
    tests("HTTP"),
    tests("Endpoints", ["HTTP", "JudgeKit", "JSON"]),
    tests("Hub", ["Endpoints", "HTTP", "JSON", "Hashing", "JudgeKit"]),
    tests("Subprocess"),
    tests("Tensors"),
    tests("CKernels"),
    tests("Tokenization", ["JSON"]),
    tests("ChatTemplates", ["JSON"]),
    tests("Inference", ["Tensors", "Tokenization", "JSON"]),
    tests("Abliteration", ["Inference", "Tensors", "JSON"]),
    tests("JudgeKit"),
    tests("JudgeHost", ["JudgeKit", "JSON", "KeywordJudge", "LocalModelJudge", "SelfProbeJudge", "RemoteJudge"]),
    tests("KeywordJudge", ["JudgeKit", "JudgeHost", "JSON", "Hashing"]),
    tests("LocalModelJudge", ["JudgeKit"]),
    tests("SelfProbeJudge", ["JudgeKit"]),
    tests("RemoteJudge", ["JudgeKit", "JudgeHost", "Endpoints", "JSON"]),
    tests("Agreement"),
    tests("StatisticCatalog", ["Agreement", "JSON"]),
    tests("LabelTables", ["Agreement", "JSON"]),
    tests("Parquet", ["JSON"]),
    tests("Prompts", ["JSON", "Hashing"]),
    tests("Assessment", ["LabelTables", "Agreement", "JSON"]),
    tests("PaperReplication", ["Agreement", "JSON"]),
    tests(
      "Study",
      [
        "Agreement", "JudgeKit", "JudgeHost", "LabelTables", "Prompts", "Inference", "Tokenization", "JSON", "Wording",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    tests("Report", ["Study", "Prompts", "Agreement", "JudgeHost", "JudgeKit", "JSON", "Wording"]),
    tests("TribunalCLI", ["JSON", "JudgeHost", "JudgeKit", "Study"]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "TestKit", "ChatTemplates", "Tokenization", "Endpoints", "HTTP", "JudgeHost", "JudgeKit", "Study", "Tensors",
        "Parquet", "JSON", "Locking",
      ],
      path: "Tests/FuzzTests",
      swiftSettings: strict
    ),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "TestKit", "Abliteration", "Inference", "ChatTemplates", "Tokenization", "Tensors", "Endpoints", "HTTP",
        "JudgeHost", "JudgeKit", "RemoteJudge", "Study", "Parquet", "Prompts", "Hashing", "JSON", "Locking",
      ],
      path: "Tests/ConformanceTests",
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
