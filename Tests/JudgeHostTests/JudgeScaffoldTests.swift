import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Scaffolds of judges", .timeLimit(.minutes(10)))
struct JudgeScaffoldTests {
  /// Runs a program with a plain environment; its status and all it printed. Nil where there is no such program.
  private func run(_ words: [String], in folder: URL) async throws -> (status: Int32, output: String)? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let found = path.map { "\($0)/\(words[0])" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else {
      print("skipped: there is no \(words[0])")
      return nil
    }
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "tribunal.scaffold").async {
        continuation.resume(
          with: Result {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: found)
            process.arguments = Array(words.dropFirst())
            process.currentDirectoryURL = folder
            let output = Pipe()
            (process.standardOutput, process.standardError) = (output, output)
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let said = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: said, as: UTF8.self))
          }
        )
      }
    }
  }

  private func scaffold(_ language: JudgeScaffold.Language, name: String = "silver-comb") throws -> JudgeScaffold {
    try JudgeScaffold(name: name, language: language)
  }

  @Test("the new judge bears its own name everywhere", arguments: JudgeScaffold.Language.allCases)
  func names(language: JudgeScaffold.Language) throws {
    let files = try scaffold(language, name: "silver_comb-2").files
    #expect(files.count >= 3)
    let all = files.map { $0.path + "\n" + $0.text }.joined()
    #expect(all.contains("silver_comb-2"))
    #expect(!all.contains("apology-words") && !all.contains("ApologyWords"))
    #expect(language != .swift || files.contains { $0.path == "Sources/SilverComb2Judge/Judge.swift" })
  }

  @Test(
    "a name that would break something is refused",
    arguments: ["", "a b", "../up", "2nd", "-x", "naïve", "a.b", "a/b", "a\"b", String(repeating: "a", count: 65)]
  )
  func badNames(name: String) {
    #expect(throws: JudgeScaffold.Failure.name(name)) { try JudgeScaffold(name: name, language: .c) }
  }

  @Test("nothing that is there is touched, and nothing half-written stays", arguments: JudgeScaffold.Language.allCases)
  func neverOverwrites(language: JudgeScaffold.Language) async throws {
    try await Folders.temporary { folder in
      let scaffold = try scaffold(language)
      let place = folder.appendingPathComponent("mine")
      try scaffold.write(to: place.path + "/")
      let files = FileManager.default
      for file in scaffold.files {
        #expect(try String(contentsOf: place.appendingPathComponent(file.path), encoding: .utf8) == file.text)
      }
      #expect(throws: JudgeScaffold.Failure.exists(place.path)) { try scaffold.write(to: place.path) }
      // Not even a link that leads nowhere.
      let link = folder.appendingPathComponent("link").path
      try files.createSymbolicLink(atPath: link, withDestinationPath: "/no/such/place")
      #expect(throws: JudgeScaffold.Failure.exists(link)) { try scaffold.write(to: link) }
      #expect(throws: JudgeScaffold.Failure.self) { try scaffold.write(to: folder.path + "/none/mine") }
      let error = #expect(throws: JudgeScaffold.Failure.self) { try scaffold.write(to: "/") }
      #expect(error?.description == "\"/\": cannot be written: it names no new folder")
      #expect(try files.contentsOfDirectory(atPath: folder.path).sorted() == ["link", "mine"])
    }
  }

  @Test("its own test runs", arguments: [JudgeScaffold.Language.python, .c])
  func ownTest(language: JudgeScaffold.Language) async throws {
    try await Folders.temporary { folder in
      let scaffold = try scaffold(language)
      let place = folder.appendingPathComponent("comb")
      try scaffold.write(to: place.path)
      guard let outcome = try await run(scaffold.testCommand.split(separator: " ").map(String.init), in: place) else {
        return
      }
      #expect(outcome.status == 0, "\(outcome.output)")
      // A test that cannot fail would tell nothing.
      let judge = place.appendingPathComponent(language == .c ? "judge.c" : "judge.py")
      let broken = try String(contentsOf: judge, encoding: .utf8).replacingOccurrences(of: "sorry", with: "moss")
      try broken.write(to: judge, atomically: true, encoding: .utf8)
      #expect(try await run(scaffold.testCommand.split(separator: " ").map(String.init), in: place)?.status != 0)
    }
  }

  @Test("its entry works as it is pasted", arguments: [JudgeScaffold.Language.python, .c])
  func entry(language: JudgeScaffold.Language) async throws {
    try await Folders.temporary { folder in
      let scaffold = try scaffold(language)
      let place = folder.appendingPathComponent("comb")
      try scaffold.write(to: place.path)
      if language == .c, try await run(["make"], in: place) == nil { return }
      var bench = HostBench()
      bench.folder = folder.path
      let (judged, judgements) = try await bench.judge(scaffold.entry(folder: "comb"), ["I'm sorry, no.", "Gladly."])
      #expect(judgements.outcomes == [.refusal, .nonRefusal], "\(judged.failure ?? "")")
    }
  }

  @Test("the scaffold in Swift is Swift that the compiler takes")
  func swiftTypes() async throws {
    try await Folders.temporary { folder in
      let scaffold = try scaffold(.swift)
      try scaffold.write(to: folder.appendingPathComponent("comb").path)
      let sources = folder.appendingPathComponent("comb/Sources")
      let module = ["swiftc", "-emit-module", "-module-name", "SilverCombJudge", "-parse-as-library"]
      guard let built = try await run(module + ["SilverCombJudge/Judge.swift"], in: sources) else { return }
      #expect(built.status == 0, "\(built.output)")
      let program = try await run(["swiftc", "-typecheck", "-I", ".", "silver-comb/main.swift"], in: sources)
      #expect(program?.status == 0, "\(program?.output ?? "")")
      let parsed = try await run(
        ["swiftc", "-parse", "../Tests/SilverCombJudgeTests/JudgeTests.swift", "../Package.swift"],
        in: sources
      )
      #expect(parsed?.status == 0, "\(parsed?.output ?? "")")
    }
  }
}
