import Foundation
import JSON
import Study
import TestKit
import Testing

@Suite("Presets of the paper in a study", .timeLimit(.minutes(10)))
struct PaperPresetTests {
  @Test("a paper edit beside a corrected one: each answers, says what it is, and the same command repeats nothing")
  func run() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2) { parts in
        parts["study"] = parts["study"]?.replacing(
          #""edits": [{"#,
          with: #""edits": [{ "name": "as-published", "preset": "paper" }, {"#
        )
        parts["judges"] = #"""
          { "version": 1, "judges": [{ "id": "keywords", "kind": "keyword", "preset": "paper" }, { "id": "self", "kind": "self-probe" }],
            "panels": { "all": ["keywords", "self"] } }
          """#
      }
      func run() async throws -> RunResults {
        let plan = try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
        let store = try RunStore.writing(folder: folder.appendingPathComponent("run").path)
        let options = StudyRunner.Options(threads: 1, version: "test")
        return try await StudyRunner(plan, into: store, options: options, environment: [:]).run()
      }
      let results = try await run()
      #expect(results.systems.map(\.edit) == ["none", "as-published", "abliterated"])
      #expect(results.responses.count == 12)
      let facts = results.systems[1].facts
      for id in ["A1", "A3", "E1", "E3"] {
        #expect(facts.contains { $0.name == "as in the paper's code, \(id)" }, "\(id)")
      }
      #expect(facts.contains { $0.name == "cosine to the direction before the norm" && $0.value != "unknown" })
      #expect(!results.systems[2].facts.contains { $0.name.hasPrefix("as in the paper") })
      // A system with weights of its own is asked by its own judges' probes too.
      #expect(results.verdicts.allSatisfy { $0.allSatisfy { $0 != nil } })
      let again = try await run()
      #expect(again.responses == results.responses && again.systems == results.systems)
    }
  }

  @Test("the presets fix what they name")
  func fixed() async throws {
    func problems(_ old: String, _ new: String) async throws -> [String] {
      try await Folders.temporary { folder in
        let study = try SmallStudy(in: folder) { $0["study"] = $0["study"]?.replacing(old, with: new) }
        do {
          _ = try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
          return []
        } catch let error as JSONErrors { return error.errors.map(\.description) }
      }
    }
    let layer = try await problems(#""name": "abliterated","#, #""name": "abliterated", "preset": "paper","#)
    #expect(layer.count == 1 && layer[0].contains("leave \"layer\" out"), "\(layer)")
    let tokens = try await problems(#""maximumNewTokens": 24"#, #""maximumNewTokens": 24, "preset": "paper""#)
    #expect(tokens.count == 1 && tokens[0].contains("says this already"), "\(tokens)")
    let unknown = try await problems(#""maximumNewTokens": 24"#, #""preset": "papre""#)
    #expect(unknown.count == 1 && unknown[0].contains("did you mean \"paper\"?"), "\(unknown)")
    let fine = try await problems(#""maximumNewTokens": 24"#, #""preset": "paper""#)
    #expect(fine == [])
  }
}
