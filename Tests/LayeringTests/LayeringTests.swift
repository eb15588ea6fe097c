import Foundation
import Testing

/// The order of the house, top first: a target may depend only on targets of lower rows, or of its own row where listed.
private let rows: [[String]] = [
  ["TribunalCLI", "TestKit"],
  ["Report"],
  ["Study"],
  ["KeywordJudge", "LocalModelJudge", "SelfProbeJudge", "RemoteJudge", "JudgeHost", "Abliteration"],
  ["Inference", "Assessment", "PaperReplication", "Prompts", "Hub"],
  ["ChatTemplates", "Tokenization", "Tensors", "Endpoints", "StatisticCatalog", "LabelTables", "Parquet"],
  ["HTTP", "Subprocess"],
  ["JSON"],
  ["Hashing"],
  [
    "Agreement", "JudgeKit", "Locking", "Wording", "CKernels", "CSpawn", "CJudgePlugin", "COpenBLAS", "CCurl",
    "CJansson",
    "CCrypto", "CSnappy", "CZlib", "CZstd", "CTestTLS",
  ],
]

@Suite("Layering", .timeLimit(.minutes(10)))
struct LayeringTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every target of the manifest with the names it depends on, read from the text of `Package.swift`.
  private static func manifest() throws -> [(name: String, dependencies: [String])] {
    let text = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let call =
      /(?:module|\.executableTarget|\.target|plugin)\(\s*(?:name:\s*)?"(\w+)"(?:,\s*(?:dependencies:\s*)?\[([^\]]*)\])?/
    return text.matches(of: call).map { match in
      let list = match.output.2.map { $0.replacing(/\.product\([^)]*\)/, with: "") } ?? ""
      let names = list.matches(of: /"(\w+)"/).map { String($0.output.1) }
      return (String(match.output.1), text[match.range].hasPrefix("plugin") ? ["JudgeKit"] : names)
    }
  }

  private static func rank(_ name: String) -> Int? { rows.firstIndex { $0.contains(name) } }

  @Test("every module has its place in the order")
  func known() throws {
    let modules = try Self.manifest()
    #expect(modules.count >= 3)
    for module in modules { #expect(Self.rank(module.name) != nil, "\(module.name) is in no row") }
  }

  @Test("no module depends on one above it or beside it")
  func downwards() throws {
    for module in try Self.manifest() {
      guard let own = Self.rank(module.name) else { continue }
      for dependency in module.dependencies {
        let other = try #require(Self.rank(dependency), "\(module.name) depends on \(dependency), which is in no row")
        #expect(other > own, "\(module.name) must not depend on \(dependency)")
      }
    }
  }

  @Test("plugins import JudgeKit and nothing else of ours")
  func plugins() throws {
    let ours = Set(rows.flatMap { $0 }).subtracting(["JudgeKit"])
    let folder = Self.root.appendingPathComponent("Plugins")
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return }
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?m)^(?:\w+ )?import (\w+)/) {
        #expect(!ours.contains(String(match.output.1)), "\(file.lastPathComponent) imports \(match.output.1)")
      }
    }
  }
}
