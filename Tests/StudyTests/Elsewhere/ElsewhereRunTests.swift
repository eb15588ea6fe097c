import Foundation
import JSON
import JudgeKit
import Locking
import TestKit
import Testing

@testable import Study

@Suite("Systems that answer behind an endpoint", .timeLimit(.minutes(10)))
struct ElsewhereRunTests {
  @Test("every prompt is asked once of both models; the records are those of any system, and the edit is declared only")
  func whole() async throws {
    let server = try HTTPTestServer { request in
      .chat(request.model == "miller-weights" ? "I cannot say." : "Bram lights it.")
    }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url)
      study.generation = #"{ "maximumNewTokens": 24, "systemPrompt": "You live in the vale." }"#
      let results = try await study.run()
      #expect(server.requests.count == 12)
      #expect(server.requests.allSatisfy { $0.path == "/v1/chat/completions" })
      let first = try #require(server.requests.first).json
      #expect(first["messages"]?.array?.first?["role"]?.string == "system")
      #expect(first["messages"]?.array?.count == 2)
      #expect(first["max_tokens"]?.integer == 24 && first["temperature"]?.double == 0)
      #expect(results.systems.map(\.name) == ["miller", "miller-cut"])
      #expect(results.systems.map(\.edit) == ["none", "abliterated"])
      #expect(results.systems[1].original == 0 && results.systems[1].isDeclared && !results.systems[0].isDeclared)
      #expect(results.systems[1].facts.contains { $0.name == "checkpoint" && $0.value == ElsewhereStudy.hash })
      #expect(results.models[0].source == "miller-weights at \(server.url)/v1")
      #expect(results.responses.count == 12 && results.gaps.isEmpty)
      #expect(results.responses.allSatisfy { $0.finish == "stop" && $0.tokenCount == 2 && $0.flags.isEmpty })
      #expect(Set(results.responses.map(\.text)) == ["I cannot say.", "Bram lights it."])
      let analysis = StudyAnalysis(results)
      #expect(analysis.edits == [EditPair(original: 0, edited: 1)])
      #expect(analysis.judgeEffects[0][0].harmful.original.count == 3)
      #expect(analysis.judgeEffects[0][0].harmful.edited.count == 0)
      #expect(analysis.json["systems"]?.array?.map { $0["verified"]?.bool } == [true, false])
      #expect(analysis.findings.contains { $0.topic == .declared && $0.text.contains("not verified") })
      #expect(analysis.summaryLines(width: 80).contains { $0.contains("Declared, not verified: miller-cut") })
      #expect(analysis.editLabel(0) == "miller-cut (declared)")
      #expect(results.provenance.contains(Fact(group: "spent on system miller", name: "requests", value: "6")))
      #expect(
        results.provenance.contains(
          Fact(group: "spent on system miller", name: "tokens of answers, counted", value: "12")
        )
      )
      // A second sitting asks nothing.
      let again = try await study.run()
      #expect(server.requests.count == 12 && again.responses == results.responses)
    }
  }

  @Test("samples of a prompt have seeds of their own, which original and edited share")
  func seeds() async throws {
    let server = try HTTPTestServer { _ in .chat("Yes.") }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url)
      study.prompts = 1
      study.generation = """
        { "maximumNewTokens": 8, "temperature": 0.5, "topP": 0.9, "topK": 40, "seed": 7, "samples": 3 }
        """
      let results = try await study.run()
      #expect(results.responses.count == 12)
      func seeds(_ model: String) -> [String: Set<Int>] {
        var found: [String: Set<Int>] = [:]
        for request in server.requests where request.model == model {
          found[request.question, default: []].insert(request.json["seed"]?.integer ?? -1)
        }
        return found
      }
      #expect(seeds("miller-weights").values.allSatisfy { $0.count == 3 && !$0.contains(-1) })
      #expect(seeds("miller-weights") == seeds("miller-cut-weights"))
      #expect(
        server.requests.allSatisfy {
          $0.json["top_p"]?.double == 0.9 && $0.json["top_k"]?.integer == 40
            && $0.json["temperature"]?.double == 0.5
        }
      )
    }
  }

  /// A server that answers by what stands in the last turn's number: `…lantern 2?` is 2.
  private static func server(_ answers: [Int: String], status: Int = 200) throws -> HTTPTestServer {
    try HTTPTestServer { request in
      let number = request.question.last { $0.isNumber }?.wholeNumberValue ?? 0
      return answers[number].map { .whole(status, [("Content-Type", "application/json")], $0) } ?? .chat("Here.")
    }
  }

  private static func choice(_ message: String, _ finish: String) -> String {
    #"{"choices": [{"message": {\#(message)}, "finish_reason": "\#(finish)"}]}"#
  }

  @Test("what came is recorded as it came: cut, refused in a field of its own, empty; a filtered answer is none")
  func endings() async throws {
    let server = try Self.server([
      0: Self.choice(#""content": "Half a sen""#, "length"),
      1: Self.choice(#""content": null, "refusal": "That I will not do.""#, "stop"),
      2: Self.choice(#""content": """#, "stop"),
      3: Self.choice(#""content": "Half""#, "content_filter"),
      4: Self.choice(#""content": null, "tool_calls": [{"id": "x"}]"#, "tool_calls"),
    ])
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url)
      study.models = [study.models[0]]
      study.prompts = 6
      let results = try await study.run()
      let harmful = results.responses.filter { $0.prompt < 6 }
      #expect(harmful.map(\.text) == ["Half a sen", "That I will not do.", "", "Here."])
      #expect(harmful.map(\.finish) == ["length", "refusal", "stop", "stop"])
      #expect(harmful.map(\.flags) == [[.truncated], [], [.empty], []])
      #expect(results.gaps.map(\.reason) == [.contentFilter, .toolCall, .contentFilter, .toolCall])
      #expect(results.gaps.map(\.prompt) == [3, 4, 9, 10])
      #expect(results.gaps[0].detail == "Half" && results.gaps[0].requests == 1)
      let analysis = StudyAnalysis(results)
      #expect(analysis.json["counts"]?["missing"]?.integer == 4)
      #expect(analysis.json["systems"]?.array?[0]["missing"]?["toolCall"]?.integer == 2)
      #expect(analysis.findings.contains { $0.topic == .missing && $0.text.contains("contentFilter 2, toolCall 2") })
      // What the system itself gave holds for good.
      let before = server.requests.count
      _ = try await study.run()
      #expect(server.requests.count == before)
    }
  }

  @Test(
    "429, a reset, half an answer and nonsense are asked again; who never answers is missing, and asked anew next time"
  )
  func faults() async throws {
    let isMended = Locked(false)
    let counts = Locked<[String: Int]>([:])
    let server = try HTTPTestServer { request in
      let count = counts.withLock { counts -> Int in
        counts[request.question, default: 0] += 1
        return counts[request.question] ?? 0
      }
      let number = request.question.last { $0.isNumber }?.wholeNumberValue ?? 0
      if isMended.withLock({ $0 }) || (count > 1 && number < 4) { return .chat("Here, at last.") }
      switch number {
      case 0: return .whole(429, [("Retry-After", "0")], #"{"error": {"message": "slow down"}}"#)
      case 1: return HTTPTestServer.Answer([.reset])
      case 2:
        return HTTPTestServer.Answer([
          .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "500")])), .bytes(Array(#"{"choi"#.utf8)), .close,
        ])
      case 3: return .whole(200, [], "<html>the pond</html>")
      case 4: return .whole(503, [], "")
      default: return .chat("Here.")
      }
    }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url)
      study.models = [study.models[0]]
      study.prompts = 6
      let notes = Locked<[String]>([])
      let first = try await study.run { event in
        if case .note(let text) = event { notes.withLock { $0.append(text) } }
      }
      #expect(first.responses.count == 10)
      #expect(first.responses.count { $0.text == "Here, at last." } == 8)
      #expect(first.gaps.map(\.reason) == [.serverError, .serverError])
      #expect(first.gaps.allSatisfy { $0.requests == 3 && $0.detail?.contains("503") == true })
      #expect(notes.withLock { $0.contains { $0.contains("2 answers are missing") } })
      isMended.withLock { $0 = true }
      let before = server.requests.count
      let second = try await study.run()
      #expect(server.requests.count == before + 2, "only what is missing is asked")
      #expect(second.responses.count == 12 && second.gaps.isEmpty)
      // The judge sees the new answers too.
      #expect(second.verdicts[0].allSatisfy { $0 != nil })
    }
  }

  @Test("a wrong key costs one request; everything is missing for that reason, and a right key makes it whole")
  func authentication() async throws {
    let server = try HTTPTestServer { request in
      request.header("Authorization") == "Bearer right-key-of-the-mill"
        ? .chat("Here.") : .whole(401, [], #"{"error": {"message": "no such key: wrong-key-of-the-mill"}}"#)
    }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(
        in: folder,
        url: server.url,
        extra: #", "apiKeyEnv": "MILL_KEY""#,
        concurrency: 1
      )
      study.models = [study.models[0]]
      let error = await #expect(throws: StudyFailure.self) { try await study.run() }
      #expect(error?.description.contains("MILL_KEY is not set") == true)
      #expect(server.requests.isEmpty)
      let first = try await study.run(environment: ["MILL_KEY": "wrong-key-of-the-mill"])
      #expect(server.requests.count == 1)
      #expect(first.responses.isEmpty && first.gaps.count == 6)
      #expect(first.gaps.allSatisfy { $0.reason == .authentication })
      let second = try await study.run(environment: ["MILL_KEY": "right-key-of-the-mill"])
      #expect(second.responses.count == 6 && second.gaps.isEmpty)
      // A finished run needs no key.
      #expect(try await study.run().responses.count == 6)
      for name in try FileManager.default.contentsOfDirectory(atPath: study.runFolder) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(study.runFolder)/\(name)"))
        #expect(bytes.range(of: Data("key-of-the-mill".utf8)) == nil, "\(name)")
      }
    }
  }

  @Test("a run that is stopped asks again only for what was under way, and ends like an undisturbed one")
  func stopped() async throws {
    let stalls = Locked(true)
    let server = try HTTPTestServer { request in
      if request.number >= 5, stalls.withLock({ $0 }) { return HTTPTestServer.Answer([.untilClientLeaves]) }
      return .chat("About \(request.question.dropLast())")
    }
    try await Folders.temporary { folder in
      let study = ElsewhereStudy(in: folder, url: server.url)
      let gate = Locked<Task<RunResults, any Error>?>(nil)
      let kept = Locked(0)
      let task = Task {
        try await study.run { event in
          guard case .advanced(let count) = event else { return }
          let all = kept.withLock { kept -> Int in
            kept += count
            return kept
          }
          if all == 5 { gate.withLock { $0?.cancel() } }
        }
      }
      gate.withLock { $0 = task }
      if kept.withLock({ $0 }) >= 5 { task.cancel() }
      await #expect(throws: CancellationError.self) { try await task.value }
      stalls.withLock { $0 = false }
      let finished = try await study.run()
      #expect(finished.responses.count == 12)
      #expect(server.requests.count <= 12 + study.concurrency)
      for response in finished.responses {
        #expect(response.text == "About \(finished.prompts[response.prompt].text.dropLast())")
      }
      #expect(
        finished.provenance.first { $0.group == "spent on system miller" && $0.name == "requests" }.flatMap {
          Int($0.value)
        }.map { (6...8).contains($0) } == true
      )
    }
  }

  @Test("a budget ends a sitting, and the next sitting has its own")
  func budget() async throws {
    let server = try HTTPTestServer { _ in .chat("Here.") }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url, extra: #", "budget": { "requests": 4 }"#)
      study.models = [study.models[0]]
      let first = try await study.run()
      #expect(first.responses.count == 4 && first.gaps.map(\.reason) == [.budget, .budget])
      let second = try await study.run()
      #expect(second.responses.count == 6 && second.gaps.isEmpty && server.requests.count == 6)
    }
  }

  @Test("a self-probe asks the endpoint that answered, in its own conversation")
  func probe() async throws {
    let server = try HTTPTestServer { request in
      .chat(request.json["messages"]?.array?.count == 1 ? "I cannot say." : "REFUSAL")
    }
    try await Folders.temporary { folder in
      var study = ElsewhereStudy(in: folder, url: server.url)
      study.models = [study.models[0]]
      study.judges = #"{ "id": "self", "kind": "self-probe", "read": { "method": "generate" } }"#
      let results = try await study.run()
      #expect(results.verdicts[0].allSatisfy { $0?.verdict.outcome == .refusal })
      let probes = server.requests.filter { $0.json["messages"]?.array?.count == 3 }
      #expect(probes.count == 6 && probes.allSatisfy { $0.model == "miller-weights" })
      #expect(results.provenance.contains(Fact(group: "spent on system miller", name: "requests", value: "12")))
    }
  }
}
