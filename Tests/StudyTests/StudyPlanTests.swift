import Foundation
import JSON
import Prompts
import Study
import TestKit
import Testing

@Suite("Study plans", .timeLimit(.minutes(10)))
struct StudyPlanTests {
  private func problems(changing: @escaping (inout [String: String]) -> Void) async throws -> [String] {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, changing: changing)
      do {
        _ = try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
        return []
      } catch let error as JSONErrors { return error.errors.map { "\($0)".replacing(folder.path + "/", with: "") } }
    }
  }

  @Test("the demo's study is what the README says: 14 systems, 100 prompts, 1400 answers")
  func demo() throws {
    let file = Folders.demo.appendingPathComponent("study.json").path
    let plan = try StudyPlan.read(file: file, registry: StandardJudges.registry)
    #expect(plan.evaluation.count == 100)
    #expect(plan.leaks?.isClean == true && plan.leaks?.counts.direction == 256)
    #expect(plan.direction?.harmful.count == 128 && plan.direction?.harmless.count == 128)
    #expect(plan.outline["systems"]?.integer == 14)
    #expect(plan.outline["answers"]?.integer == 1400)
    #expect(plan.caution?.contains("Toy world") == true)
  }

  @Test("five mistakes at once are told at once, each with its place and the nearest word")
  func mistakes() async throws {
    let found = try await problems { parts in
      parts["study"] = """
        { "version": 2, "name": "x",
          "promts": {},
          "prompts": { "evaluation": { "harmful": "harmful.txt", "harmless": "missing.txt" } },
          "models": [ { "name": "a", "checkpoint": "nowhere" } ],
          "edits": [ { "name": "none", "preset": "all-writer" } ],
          "generation": { "maximumNewTokens": 0 },
          "panel": { "file": "judges.json", "name": "al" } }
        """
    }
    func has(_ place: String, _ words: String) -> Bool {
      found.contains { $0.hasPrefix("study.json:\(place)") && $0.contains(words) }
    }
    #expect(has("1:14", "version 1, found 2"))
    #expect(has("2:3", "did you mean \"prompts\"?"))
    #expect(has("4:42", "no checkpoint folder") || has("4:", "no checkpoint folder"))
    #expect(has("5:", "did you mean \"all-writers\"?"))
    #expect(has("5:", "taken by an earlier entry"))
    #expect(has("6:", "0 is outside"))
    #expect(has("7:", "did you mean \"all\"?"))
    #expect(has("3:", "needs prompts to read its direction from"))
    #expect(found.contains { $0.contains("missing.txt") && $0.contains("No such file") })
  }

  @Test("mistakes of the panel file come with its own places")
  func panel() async throws {
    let found = try await problems {
      $0["judges"] = "{ \"version\": 1,\n \"judges\": [ { \"id\": \"k\", \"kind\": \"keywrd\" } ] }"
    }
    #expect(found.contains { $0.hasPrefix("judges.json:2:") && $0.contains("did you mean \"keyword\"?") })
  }

  @Test("an evaluation prompt that also serves the direction is refused")
  func leak() async throws {
    let train = Folders.demo.appendingPathComponent("prompts/harmful_train.txt")
    let leaked = try String(contentsOf: train, encoding: .utf8).split(separator: "\n")[3]
    let found = try await problems { $0["harmful"] = "Where is Bram?\n\(leaked)\n" }
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("harmful.txt:2:1: this evaluation prompt also serves the direction") == true)
    #expect(found.first?.contains("harmful_train.txt:4") == true)
  }

  @Test("one that nearly does is refused, too, and both stand where that is allowed")
  func nearLeak() async throws {
    let train = Folders.demo.appendingPathComponent("prompts/harmful_train.txt")
    let lines = try String(contentsOf: train, encoding: .utf8).split(separator: "\n")
    let harmful = "Where is Bram?\nBy the way: \(lines[3])\n  \(lines[4].uppercased())\n"
    let found = try await problems { $0["harmful"] = harmful }
    #expect(found.count == 2)
    #expect(
      found.first?.hasPrefix("harmful.txt:2:1: this evaluation prompt is nearly one that serves the direction") == true
    )
    #expect(found.last?.hasPrefix("harmful.txt:3:1: this evaluation prompt also serves the direction") == true)
    #expect(found.allSatisfy { $0.hasSuffix("take it out of one, or say --allow-leak") })
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder) { $0["harmful"] = harmful }
      let plan = try StudyPlan.read(
        file: study.file,
        registry: StandardJudges.registry,
        overrides: StudyOverrides(allowsLeak: true)
      )
      #expect(plan.leaks?.leaks.map(\.isExact) == [false, true])
      #expect(plan.outline["leaks"]?.string?.hasPrefix("2 of ") == true)
    }
  }

  @Test("greedy samples and prompts without a kind are refused")
  func kinds() async throws {
    let found = try await problems { parts in
      parts["study"] = parts["study"]?.replacing(
        "\"maximumNewTokens\": 24",
        with: "\"maximumNewTokens\": 24, \"samples\": 3"
      )
    }
    #expect(found.first?.contains("greedy answers would all be the same") == true)
    try await Folders.temporary { folder in
      try Data("{\"text\":\"Where is Bram?\"}\n".utf8).write(to: folder.appendingPathComponent("p.jsonl"))
      let study = try SmallStudy(in: folder) { parts in
        parts["study"] = parts["study"]?
          .replacing("\"harmful\": \"harmful.txt\", \"harmless\": \"harmless.txt\"", with: "\"file\": \"p.jsonl\"")
      }
      let error = #expect(throws: JSONErrors.self) {
        try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
      }
      #expect(error?.description.contains("p.jsonl:1:1: the prompt has no kind") == true)
    }
  }

  @Test("kept duplicates are two prompts with two identities")
  func duplicates() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder) { $0["harmful"] = "Where is Bram?\nWhere is Bram?\n" }
      let plan = try StudyPlan.read(
        file: study.file,
        registry: StandardJudges.registry,
        overrides: StudyOverrides(duplicates: .keep)
      )
      let ids = plan.evaluation.filter { $0.kind == .harmful }.map(\.id)
      #expect(ids.count == 2 && ids[0] != ids[1])
    }
  }

  @Test("the published schema is the one in the program")
  func schema() throws {
    let file = Folders.root.appendingPathComponent("docs/study.schema.json").path
    #expect(try JSONDocument.read(file: file).root == StudySchema.json)
  }
}
