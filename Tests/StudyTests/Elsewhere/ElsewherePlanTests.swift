import Foundation
import JSON
import Study
import TestKit
import Testing

@Suite("Endpoints in a study's file", .timeLimit(.minutes(10)))
struct ElsewherePlanTests {
  private func problems(_ change: @escaping (inout ElsewhereStudy) -> Void) async throws -> [String] {
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: "http://127.0.0.1:9")
      change(&study)
      return try study.problems()
    }
  }

  private func entry(_ endpoint: String) -> String { #"{ "name": "m", "endpoint": { \#(endpoint) } }"# }

  @Test(
    "what cannot work is told with its place and how to mend it",
    arguments: [
      (#""url": "mill", "model": "m""#, "models[0].endpoint.url: \"mill\" is no address"),
      (#""model": "m""#, "models[0].endpoint: missing key \"url\""),
      (#""url": "http://127.0.0.1:9/v1", "model": "m", "apiKey": "x""#, "did you mean \"apiKeyEnv\"?"),
      (#""url": "http://mill.example/v1", "model": "m", "apiKeyEnv": "K""#, "must not travel unencrypted"),
      (
        #""url": "http://127.0.0.1:9/v1", "model": "m", "apiKeyEnv": "sk-12""#,
        "expected the name of an environment variable"
      ),
      (
        #""url": "http://127.0.0.1:9/v1", "model": "m", "headers": {"Authorization": "x"}"#,
        "models[0].endpoint.headers.Authorization: a credential must not stand here"
      ),
      (#""url": "http://127.0.0.1:9/v1", "model": "m", "concurrency": 0"#, "models[0].endpoint.concurrency"),
      (#""url": "http://127.0.0.1:9/v1", "model": "m", "extra": {"top_p": 1}"#, "set by the study's generation"),
      (#""url": "http://127.0.0.1:9/v1", "model": "m", "budget": {"money": 1}"#, "without a \"price\""),
      (
        #""url": "http://127.0.0.1:9/v1", "model": "m", "declares": {"edit": {"name": "cut", "of": "m"}}"#,
        "an edit elsewhere is named by its checkpoint"
      ),
      (
        #""url": "http://127.0.0.1:9/v1", "model": "m", "declares": {"checkpoint": "c", "edit": {"name": "x", "of": "q"}}"#,
        "models[0].endpoint.declares.edit.of: the study has no model \"q\""
      ),
    ]
  )
  func mistakes(endpoint: String, words: String) async throws {
    let found = try await problems { $0.models = [entry(endpoint)] }
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
    #expect(found.first?.hasPrefix("study.json:") == true)
    #expect(found.allSatisfy { !$0.contains("sk-12") })
  }

  @Test("edits are of checkpoints here: a model elsewhere says that it gets none")
  func edits() async throws {
    let found = try await problems { $0.edits = #"[{ "name": "cut" }]"# }
    #expect(found.count == 2 && found.allSatisfy { $0.contains("write \"edits\": [] for this model") }, "\(found)")
    let fine = try await problems { study in
      study.edits = #"[{ "name": "cut" }]"#
      study.models = study.models.map { $0.replacing(#""endpoint":"#, with: #""edits": [], "endpoint":"#) }
    }
    #expect(fine == [])
    let unknown = try await problems { study in
      study.edits = #"[{ "name": "cut" }]"#
      study.models = [#"{ "name": "m", "checkpoint": "\#(Folders.demo.path)/checkpoints/raw", "edits": ["cat"] }"#]
    }
    #expect(unknown.first?.contains("the study has no edit \"cat\"; did you mean \"cut\"?") == true, "\(unknown)")
  }

  @Test(
    "a probe that reads log-probabilities of whole turns is refused at its own entry, unless it asks a local system"
  )
  func probes() async throws {
    let found = try await problems { $0.judges = #"{ "id": "self", "kind": "self-probe" }"# }
    #expect(found.count == 1 && found[0].hasPrefix("judges.json:1:"), "\(found)")
    #expect(found.first?.contains("expected read.method generate or first-token") == true)
    let local = try await problems {
      $0.judges = #"{ "id": "self", "kind": "self-probe", "respondent": "raw" }"#
      $0.models.append(#"{ "name": "raw", "checkpoint": "\#(Folders.demo.path)/checkpoints/raw" }"#)
    }
    #expect(local == [])
  }

  @Test("a temperature that would not be sent, a second edit of one name and a model of both kinds are refused")
  func further() async throws {
    let omitted = try await problems { study in
      study.models = [entry(#""url": "http://127.0.0.1:9/v1", "model": "m", "omit": ["temperature"]"#)]
      study.generation = #"{ "maximumNewTokens": 8, "temperature": 1 }"#
    }
    #expect(omitted.count == 1 && omitted[0].contains("which would not be sent"), "\(omitted)")
    let twice = try await problems { study in
      study.models.append(study.models[1].replacing(#""name": "miller-cut""#, with: #""name": "other""#))
    }
    #expect(twice.count == 1 && twice[0].contains("is declared already"), "\(twice)")
    let both = try await problems { $0.models = [#"{ "name": "m", "checkpoint": "c", "endpoint": {} }"#] }
    #expect(both.first?.contains("either \"checkpoint\" or \"endpoint\"") == true, "\(both)")
  }

  @Test("identity: the address, the name, what is sent and what is declared count; timeouts and budgets do not")
  func identity() async throws {
    func identity(_ endpoint: String) async throws -> String {
      try await Folders.temporary { folder in
        var study = ElsewhereStudy(in: folder, url: "")
        study.models = [entry(endpoint)]
        return try #require(try study.plan().models.first?.endpoint).identity
      }
    }
    let base = #""url": "http://127.0.0.1:9/v1", "model": "m""#
    let plain = try await identity(base)
    #expect(try await identity(base + #", "timeoutSeconds": 5, "concurrency": 3, "budget": {"requests": 1}"#) == plain)
    for other in [
      base.replacing("9/v1", with: "8/v1"), base.replacing("\"m\"", with: "\"n\""),
      base + #", "extra": {"reasoning_effort": "low"}"#, base + #", "declares": {"checkpoint": "c"}"#,
    ] {
      #expect(try await identity(other) != plain, "\(other)")
    }
  }
}
