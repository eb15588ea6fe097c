import Foundation
import JSON
import TestKit
import Testing

@Suite("Cache, dry run and bench of the host on the command line", .timeLimit(.minutes(10)))
struct JudgeHostVerbTests {
  private func files(_ folder: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("a dry run says what would be asked and writes nothing; the cache then saves it")
  func dryRun() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let cache = folder.appendingPathComponent("cache").path
      let run = folder.appendingPathComponent("run").path
      let before = try files(folder)
      let dry = try await Program.run(["run", study.file, "--dry-run", "--output", run], cache: cache)
      #expect(dry.status == 0 && dry.errors.isEmpty, "\(dry.errors)")
      #expect(dry.output.contains("0 of 8 answers are there; nothing was asked and nothing was written"))
      #expect(dry.output.contains("not configured: the environment variable TRIBUNAL_TEST_KEY_THAT_IS_NOT_SET"))
      #expect(try files(folder) == before)

      let first = try await Program.run(["run", study.file, "--output", run, "--json"], cache: cache)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.contains("judges: 4, ") && first.errors.contains("judge small-judge: "))
      let done = try files(folder)
      let again = try await Program.run(["run", study.file, "--dry-run", "--output", run, "--json"], cache: cache)
      let judges = try JSONDocument.parse(again.output, name: "out").root["judges"]?.array ?? []
      #expect(judges.map { $0["toAsk"]?.integer } == [0, 0, 0, 0, 0])
      #expect(judges.map { $0["isReady"]?.bool } == [true, true, true, true, false])
      #expect(judges[4]["cost"]?["requests"]?.integer == 0)
      #expect(try files(folder) == done)

      let other = folder.appendingPathComponent("other").path
      let second = try await Program.run(["run", study.file, "--output", other, "--json"], cache: cache)
      let analysis = try JSONDocument.parse(second.output, name: "out").root
      #expect(analysis["judges"]?.array?.map { $0["cached"]?.integer } == [8, 8, 8, 8, 0])
      #expect(analysis["judges"]?.array?.map { $0["unasked"]?.integer } == [0, 0, 0, 0, 8])
      #expect(second.errors.contains(" cached, done"))
      let page = try String(contentsOfFile: "\(other)/report.html", encoding: .utf8)
      #expect(page.contains("from the cache") && page.contains("by version 0.1.0"))
      for flag in ["--refresh", "--no-cache"] {
        let target = folder.appendingPathComponent("with\(flag)").path
        let fresh = try await Program.run(["run", study.file, "--output", target, "--json", flag], cache: cache)
        #expect(fresh.status == 0 && fresh.output == first.output)
      }
    }
  }

  @Test("a damaged cache is one warning, and two programs at once share a sound one")
  func caches() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let damaged = folder.appendingPathComponent("damaged.sqlite")
      try Data("the mill is on fire".utf8).write(to: damaged)
      func target(_ name: String) -> String { folder.appendingPathComponent(name).path }
      let calm = try await Program.run(["run", study.file, "--output", target("a"), "--json"], cache: damaged.path)
      #expect(calm.status == 0)
      #expect(calm.errors.components(separatedBy: "warning: ").count == 2)
      #expect(calm.errors.contains("the verdict cache is not used: it is damaged"))
      let cache = target("cache")
      async let one = Program.run(["run", study.file, "--output", target("b"), "--json"], cache: cache)
      async let two = Program.run(["run", study.file, "--output", target("c"), "--json"], cache: cache)
      for outcome in [try await one, try await two] {
        #expect(outcome.status == 0 && !outcome.errors.contains("warning"), "\(outcome.errors)")
        let findings = try JSONDocument.parse(outcome.output, name: "out").root["findings"]
        #expect(try findings == JSONDocument.parse(calm.output, name: "out").root["findings"])
      }
    }
  }

  @Test("without an output folder, or with contradicting flags, nothing runs")
  func wrong() async throws {
    let study = Folders.demo.appendingPathComponent("study.json").path
    let bare = try await Program.run(["run", study])
    #expect(bare.status == 2 && bare.errors.contains("--output"))
    let both = try await Program.run(["run", study, "--output", "/nowhere", "--refresh", "--no-cache"])
    #expect(both.status == 2 && both.errors.contains("give one"))
  }

  @Test("the bench of the host measures every row and loses no verdict")
  func bench() async throws {
    let outcome = try await Program.run([
      "bench", "judge-host", "--items", "300", "--judges", "3", "--requests", "128", "--concurrency", "16",
      "--milliseconds", "2", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let root = try JSONDocument.parse(outcome.output, name: "out").root
    #expect(root["overhead"]?.array?.count == 4)
    for row in root["overhead"]?.array ?? [] { #expect((row["microseconds"]?.double ?? 0) > 0) }
    #expect(root["busy"]?.array?.map { $0["endpoint"]?.string } == ["in this process", "over a loopback socket"])
    for row in root["busy"]?.array ?? [] {
      let share = row["share"]?.double ?? -1
      #expect(share > 0 && share <= 1.0001)
    }
    let wrong = try await Program.run(["bench", "judge-host", "--concurrency", "0"])
    #expect(wrong.status == 2)
  }
}
