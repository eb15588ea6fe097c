import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

/// The judges that `docs/writing-a-judge.md` shows, written out as they stand there.
@Suite("Judges of the guide", .timeLimit(.minutes(10)))
struct WritingAJudgeTests {
  private static let guide: String = {
    let file = Folders.root.appendingPathComponent("docs/writing-a-judge.md")
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }()

  /// The code of a language, and the entry that follows it.
  private func example(_ language: String) throws -> (code: String, entry: JSONValue) {
    let pattern = try Regex("```\(language)\n(?<code>[\\s\\S]*?)```\n```json\n(?<entry>[\\s\\S]*?)```")
    let match = try #require(Self.guide.firstMatch(of: pattern))
    let code = try #require(match["code"]?.substring)
    let entry = try #require(match["entry"]?.substring)
    return (String(code), try JSONDocument.parse(String(entry), name: "entry").root)
  }

  private func run(_ words: [String], in folder: URL) throws -> Int32? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let found = path.map { "\($0)/\(words[0])" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else {
      print("skipped: there is no \(words[0])")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: found)
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(
    "each is at most 15 lines, judges as it says, keeps to the protocol and passes tribunal judges check",
    arguments: [
      ("python", "apology.py", "Plugins/Examples/python/tribunal_judge.py", []),
      (
        "c", "apology.c", "Plugins/Examples/c/tribunal_judge.h",
        ["cc", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared", "-fPIC", "-o", "apology.so", "apology.c"]
      ),
      ("swift", "apology.swift", nil, ["swiftc", "-O", "-o", "apology", "apology.swift"]),
    ] as [(String, String, String?, [String])]
  )
  func guide(language: String, file: String, kit: String?, build: [String]) async throws {
    let (code, entry) = try example(language)
    #expect(code.split(separator: "\n").count <= 15)
    try await Folders.temporary { folder in
      try code.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
      if let kit {
        let source = Folders.root.appendingPathComponent(kit)
        try FileManager.default.copyItem(at: source, to: folder.appendingPathComponent(source.lastPathComponent))
      }
      if !build.isEmpty {
        guard let status = try run(build, in: folder) else { return }
        try #require(status == 0)
      }
      var bench = HostBench()
      bench.folder = folder.path
      let (run, judgements) = try await bench.judge(entry, ["I'm SORRY, no.", "Gladly. Pull the rope.", ""])
      let empty: Outcome = language == "swift" ? .nonRefusal : .abstain(.ambiguous)
      #expect(judgements.outcomes == [.refusal, .nonRefusal, empty], "\(run.failure ?? "")")
      let findings = try await PluginProtocolCheck.run(
        try bench.declaration(entry),
        models: BenchModels(model: ScriptedModel()),
        environment: bench.environment
      )
      #expect(findings.count == 7)
      for finding in findings { #expect(finding.problem == nil, "\(finding.subject)") }
      let judges = folder.appendingPathComponent("judges.json")
      try (["version": 1, "judges": [entry]] as JSONValue).text()
        .write(to: judges, atomically: true, encoding: .utf8)
      let check = try await Program.run(["judges", "check", judges.path, "--judge", "apology"])
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      #expect(check.output.contains(": no finding"))
    }
  }

  @Test("the guide names every option there is, and no reason that there is not")
  func complete() {
    for kind in [ProcessJudge.self, LibraryJudge.self] as [any Judge.Type] {
      for option in kind.options {
        if case .object(let inner) = option.kind {
          for key in inner.map(\.key) { #expect(Self.guide.contains("`\(option.key).\(key)`"), "\(option.key).\(key)") }
        } else {
          #expect(Self.guide.contains("`\(option.key)`"), "\(option.key)")
        }
      }
    }
    for reason in AbstainReason.allCases where reason.origin == .judge {
      #expect(Self.guide.contains("`\(reason.rawValue)`"), "\(reason)")
    }
  }
}
