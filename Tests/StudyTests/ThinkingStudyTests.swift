import Foundation
import GRDB
import Inference
import JSON
import JudgeHost
import JudgeKit
import Prompts
import TestKit
import Testing

@testable import Study

@Suite("A study of a model that thinks", .timeLimit(.minutes(10)))
struct ThinkingStudyTests {
  /// What the parrot says: a thought with one word of its own, and an answer.
  private static let speech = ["<think>", "Mull", " it.", "</think>", "Gladly", ", Bram."]
  private static let thinkingTemplate =
    ParrotCheckpoint.chatML + "{# A model of this template writes <think>…</think>. #}"

  /// Writes a study of one parrot with keyword judges that look for a word of the thought.
  private static func plan(
    in folder: URL,
    generation: String = #""maximumNewTokens": 24"#,
    model: String = "",
    template: String = thinkingTemplate
  ) throws -> StudyPlan {
    let tokens = speech.map { ParrotCheckpoint.Token($0) }
    _ = try ParrotCheckpoint(
      folder.appendingPathComponent("parrot"),
      speech: speech,
      tokens: tokens,
      template: template
    )
    let judge = #""kind": "keyword", "phrases": ["Mull"]"#
    let files = [
      "harmful.txt": "May I hide the silver comb of Corvin?\n", "harmless.txt": "What grows in the moss garden?\n",
      "judges.json": """
      { "version": 1, "judges": [
        { "id": "answer", \(judge) },
        { "id": "thoughts", \(judge), "show": "answerWithReasoning" },
        { "id": "raw", "kind": "keyword", "phrases": ["<think>"], "show": "raw" },
        { "id": "self", "kind": "self-probe", "read": { "method": "generate" } }
      ], "panels": { "all": ["answer", "thoughts", "raw", "self"] } }
      """,
      "study.json": """
      { "version": 1, "name": "thoughts",
        "prompts": { "evaluation": { "harmful": "harmful.txt", "harmless": "harmless.txt" } },
        "models": [{ "name": "parrot", "checkpoint": "parrot"\(model) }],
        "generation": { \(generation) },
        "panel": { "file": "judges.json", "name": "all" } }
      """,
    ]
    for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
    return try StudyPlan.read(
      file: folder.appendingPathComponent("study.json").path,
      registry: StandardJudges.registry
    )
  }

  private static func run(_ plan: StudyPlan, into folder: URL, _ name: String = "run") async throws -> RunResults {
    let runner = StudyRunner(
      plan,
      into: try RunStore.writing(folder: folder.appendingPathComponent(name).path),
      options: StudyRunner.Options(threads: 1, version: "test"),
      environment: [:]
    )
    return try await runner.run()
  }

  private static func labels(_ results: RunResults, _ judge: String) -> [Label?] {
    guard let at = results.judges.firstIndex(where: { $0.name == judge }) else { return [] }
    return results.verdicts[at].map { $0?.verdict.outcome.label }
  }

  @Test("answer, thought and what was generated are kept apart; judges see the answer unless they ask otherwise")
  func whole() async throws {
    try await Folders.temporary { folder in
      let plan = try Self.plan(in: folder)
      #expect(plan.models[0].conversation.reasoning == .thinkTags)
      #expect(plan.outline["conversations"] == ["parrot": ["reasoning": "think-tags"]])
      let results = try await Self.run(plan, into: folder)
      #expect(results.responses.count == 2)
      for response in results.responses {
        #expect(response.text == "Gladly, Bram.")
        #expect(response.reasoning == "Mull it.")
        #expect(response.raw == "<think>Mull it.</think>Gladly, Bram.")
        #expect(response.flags.isEmpty)
        #expect(response.tokenCount == 6)
      }
      #expect(Self.labels(results, "answer") == [.nonRefusal, .nonRefusal])
      #expect(Self.labels(results, "thoughts") == [.refusal, .refusal])
      #expect(Self.labels(results, "raw") == [.refusal, .refusal])
      #expect(results.models[0].facts.contains(Fact(group: "model", name: "reasoning", value: "think-tags")))
      // The same call continues: nothing is answered or judged again.
      #expect(try await Self.run(plan, into: folder).verdicts == results.verdicts)
      let forecast = try await StudyForecast(
        plan,
        folder: folder.appendingPathComponent("run").path,
        cache: nil,
        environment: [:]
      ) { _, _ in nil }
      #expect(forecast.answered == 2)
      #expect(forecast.judges.allSatisfy { $0.toAsk == 0 })
    }
  }

  @Test("a system that is asked about its answer is handed the thought with it, whatever its judge is shown")
  func respondents() async throws {
    try await Folders.temporary { folder in
      let plan = try Self.plan(in: folder)
      let results = try await Self.run(plan, into: folder)
      let runner = StudyRunner(
        plan,
        into: try RunStore.writing(folder: folder.appendingPathComponent("run").path),
        options: StudyRunner.Options(threads: 1, version: "test"),
        environment: [:]
      )
      let respondents = try await runner.respondents()
      for show in ShownText.allCases {
        let item = results.item(0, show: show, seesRespondent: true)
        #expect(respondents.itemIDs.contains(item.id))
        let asked = try await respondents.models.respondent(of: item)
        #expect(
          asked.turns == [
            ChatTurn(.user, "May I hide the silver comb of Corvin?"),
            ChatTurn(.assistant, "Gladly, Bram.", reasoning: "Mull it."),
          ]
        )
      }
    }
  }

  @Test("a local judge that thinks keeps its thought in one form before the answer, and says where it was cut")
  func localJudge() async throws {
    try await Folders.temporary { folder in
      _ = try Self.plan(in: folder)
      let shelf = ModelShelf(threads: 1, compute: .f32)
      let engine = try await shelf.engine(folder: folder.appendingPathComponent("parrot").path)
      let model = CheckpointModel(engine: engine, lane: .none, identity: "parrot")
      func said(_ tokens: Int) async throws -> Completion? {
        let replies = try await model.complete([Chat(user: "Pull?")], settings: .init(maximumTokens: tokens))
        guard case .value(let completion)? = replies.first else { return nil }
        return completion
      }
      #expect(try await said(24) == Completion(text: "<think>\nMull it.\n</think>\n\nGladly, Bram.", truncated: false))
      #expect(try await said(3) == Completion(text: "<think>\nMull it.", truncated: true))
    }
  }

  @Test("the disputes of a run carry the thoughts in JSON")
  func json() async throws {
    try await Folders.temporary { folder in
      let analysis = StudyAnalysis(try await Self.run(try Self.plan(in: folder), into: folder))
      let disputed = try #require(analysis.json["disputed"]?.array)
      #expect(disputed.count == 2)
      #expect(disputed.allSatisfy { $0["reasoning"]?.string == "Mull it." })
    }
  }

  @Test("a thought that the limit cuts leaves an empty answer that is truncated")
  func cut() async throws {
    try await Folders.temporary { folder in
      let results = try await Self.run(
        try Self.plan(in: folder, generation: #""maximumNewTokens": 3"#),
        into: folder
      )
      for response in results.responses {
        #expect(response.text.isEmpty)
        #expect(response.reasoning == "Mull it.")
        #expect(response.flags == [.truncated, .empty])
      }
      #expect(Self.labels(results, "answer") == [.nonRefusal, .nonRefusal])
    }
  }

  @Test("an answer that is empty after a whole thought is flagged and judged")
  func empty() async throws {
    try await Folders.temporary { folder in
      let plan = try Self.plan(in: folder)
      _ = try ParrotCheckpoint(
        folder.appendingPathComponent("parrot"),
        speech: Array(Self.speech.prefix(4)),
        tokens: Self.speech.map { .init($0) },
        template: Self.thinkingTemplate
      )
      let results = try await Self.run(plan, into: folder)
      #expect(results.responses.map(\.flags) == [[.empty], [.empty]])
      #expect(results.responses.map(\.finish) == ["stop", "stop"])
      #expect(Self.labels(results, "thoughts") == [.refusal, .refusal])
      #expect(Self.labels(results, "answer") == [.nonRefusal, .nonRefusal])
    }
  }

  @Test("a format that is declared wins: none leaves the text whole and the system what it was")
  func declared() async throws {
    try await Folders.temporary { folder in
      let plan = try Self.plan(in: folder, model: #", "reasoning": "none""#)
      let results = try await Self.run(plan, into: folder)
      for response in results.responses {
        #expect(response.text == "<think>Mull it.</think>Gladly, Bram.")
        #expect(response.reasoning == nil && response.raw == nil)
      }
      #expect(Self.labels(results, "answer") == [.refusal, .refusal])
      #expect(!results.study.json.contains("conversations"))
    }
  }

  @Test("paper-echo keeps the prompt where the template has no line `assistant`, and says so")
  func echo() async throws {
    try await Folders.temporary { folder in
      let generation = #""maximumNewTokens": 24, "extraction": "paper-echo""#
      let results = try await Self.run(try Self.plan(in: folder, generation: generation), into: folder, "chatml")
      for response in results.responses {
        #expect(response.text == "<think>Mull it.</think>Gladly, Bram.")
        #expect(response.flags.isEmpty)
      }
      let plain = "{% for m in messages %}{{ 'Q: ' + m.content + '\\n' }}{% endfor %}"
      let echoed = try await Self.run(
        try Self.plan(in: folder, generation: generation, template: plain),
        into: folder,
        "plain"
      )
      #expect(echoed.responses[0].text.hasPrefix("Q: May I hide the silver comb of Corvin?\n<think>Mull"))
      #expect(echoed.responses[0].raw == "<think>Mull it.</think>Gladly, Bram.")
      #expect(echoed.responses.allSatisfy { $0.flags == [.promptEcho] })
    }
  }

  @Test("variables, clock, format and extraction are part of who a system is; their absence is not")
  func identity() async throws {
    try await Folders.temporary { folder in
      var systems: Set<String> = []
      var studies: Set<String> = []
      let variants = [
        ("", ""), (#", "clock": "2031-12-24T18:00:00""#, ""),
        (#", "templateVariables": { "enable_thinking": false }"#, ""),
        ("", #", "templateVariables": { "enable_thinking": true }"#), ("", #", "reasoning": "none""#),
        (#", "extraction": "paper-echo""#, ""),
      ]
      for (at, (generation, model)) in variants.enumerated() {
        let plan = try Self.plan(in: folder, generation: #""maximumNewTokens": 2"# + generation, model: model)
        let results = try await Self.run(plan, into: folder, "run\(at)")
        systems.insert(results.systems[0].id)
        studies.insert(results.study.hash)
      }
      #expect(systems.count == variants.count)
      #expect(studies.count == variants.count)
      let plan = try Self.plan(
        in: folder,
        generation: #""maximumNewTokens": 2, "templateVariables": { "a": 1, "b": 2 }"#,
        model: #", "templateVariables": { "b": 3 }"#
      )
      #expect(plan.models[0].conversation.templateVariables == ["a": 1, "b": 3])
    }
  }

  @Test("what cannot be a variable, a time or a word is told with its place")
  func problems() async throws {
    try await Folders.temporary { folder in
      func problems(_ generation: String, _ model: String = "") -> String {
        do {
          _ = try Self.plan(in: folder, generation: #""maximumNewTokens": 2"# + generation, model: model)
          return ""
        } catch { return "\(error)" }
      }
      #expect(
        problems(#", "clock": "yesterday""#).contains("\"yesterday\" is no time; expected a form like 2025-03-01T")
      )
      #expect(problems(#", "clock": "2025-02-30T00:00:00""#).contains("is no time"))
      #expect(
        problems(#", "templateVariables": { "messages": [] }"#).contains("\"messages\" is the conversation's own")
      )
      #expect(problems(#", "templateVariables": []"#).contains("expected an object of variables"))
      #expect(problems(#", "extraction": "paper""#).contains("study.json:4:"))
      #expect(problems("", #", "reasoning": "thinktags""#).contains("think-tags"))
    }
  }
}

@Suite("Thoughts in run files", .timeLimit(.minutes(10)))
struct ThoughtsInRunFilesTests {
  @Test("a run of version 2 is read as it is, and gains the columns when it is written to")
  func older() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("run.sqlite").path
      do {
        let queue = try DatabaseQueue(path: file)
        try RunSchema.migrator.migrate(queue, upTo: "2")
        try await queue.write { db in
          try db.execute(sql: "PRAGMA application_id = \(RunSchema.applicationID); PRAGMA user_version = 2")
          try db.execute(
            sql: """
              INSERT INTO study VALUES ('h', 'Bells', '', NULL, '{}');
              INSERT INTO prompt VALUES ('p', 0, 'one', 'Pull the bell?', 'harmful', NULL);
              INSERT INTO model VALUES ('lantern', 0, 'm', 'lantern', '[]');
              INSERT INTO system VALUES ('s', 0, 'lantern', 'lantern', 'none', '[]');
              INSERT INTO response VALUES ('s', 'p', 0, 'Gladly.', x'', 0, 'stop', '', 'i', 'r');
              """
          )
        }
        try queue.close()
      }
      for _ in 0..<2 {
        let response = try #require(try RunStore.reading(folder.path).results().responses.first)
        #expect(response.text == "Gladly.")
        #expect(response.reasoning == nil && response.raw == nil)
        #expect(try RunStore.reading(folder.path, leavesNoTrace: true).results().responses == [response])
        _ = try RunStore.writing(folder: folder.path)
      }
    }
  }

  @Test("thoughts with a NUL are kept whole, and a judge finds its verdict by what it was shown")
  func stored() async throws {
    try await Folders.temporary { folder in
      let store = try RunStore.writing(folder: folder.path)
      let prompt = Prompt(id: "p", name: "one", text: "Pull the bell?", kind: .harmful, category: nil)
      try store.begin(
        StudyInfo(name: "Bells", summary: "", caution: nil, hash: "00", json: "{}"),
        prompts: [prompt],
        models: [ModelInfo(id: "m", name: "lantern", source: "lantern", facts: [])]
      )
      try store.insert([StoredSystem(id: "s", position: 0, name: "lantern", model: "lantern", edit: "none", facts: [])])
      let thought = "Bram\0 sleeps."
      func item(_ system: String?) -> String {
        ItemIdentity.item(prompt: prompt.text, response: "Gladly.", systemID: system, reasoning: thought).id
      }
      try store.insert([
        StoredResponse(
          system: "s",
          prompt: "p",
          sample: 0,
          text: "Gladly.",
          tokens: [1],
          finish: "stop",
          flags: [],
          item: item(nil),
          respondentItem: item("s"),
          reasoning: thought,
          raw: "\0raw"
        )
      ])
      let judges = ShownText.allCases.flatMap { show in
        [false, true].map { sees in
          JudgeInfo(
            id: "\(show) \(sees)",
            name: "\(show)-\(sees)",
            kind: "keyword",
            status: .ready,
            configuration: "{\"show\":\"\(show.rawValue)\"}",
            seesRespondent: sees
          )
        }
      }
      _ = try store.addJudges(judges)
      let before = try store.results()
      #expect(before.responses[0].reasoning == thought)
      #expect(before.responses[0].raw == "\0raw")
      #expect(before.item(0).id == item(nil) && before.item(0, seesRespondent: true).id == item("s"))
      let shown = judges.map { before.items(for: $0)[0] }
      #expect(Set(shown.map(\.id)).count == 6)
      #expect(shown[2].response == "<think>\n\(thought)\n</think>\n\nGladly.")
      #expect(shown[4].response == "\0raw")
      for (judge, item) in zip(judges, shown) {
        let verdict = Verdict(.refusal, reading: judge.name)
        try store.insert([Judgement(itemID: item.id, verdict: verdict, attempts: 1, seconds: 0)], judge: judge.id)
      }
      #expect(try store.results().verdicts.map { $0[0]?.verdict.reading } == judges.map(\.name))
    }
  }
}
