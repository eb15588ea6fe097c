import Foundation
import Inference
import JSON
import JudgeHost
import TestKit
import Testing

@testable import Study

@Suite("What a study would need", .timeLimit(.minutes(10)))
struct StudyRequirementsTests {
  private static let machine = StudyRequirements.Machine(
    rate: MatrixRate(flops: 1e11),
    isDeclared: true,
    threads: 2,
    memoryBytes: nil,
    freeDiskBytes: nil
  )

  /// A study none of whose files are there.
  private func plan(
    models: String,
    edits: String = #"[{ "name": "cut" }]"#,
    judges: String = #"{ "id": "words", "kind": "keyword", "phrases": ["no"] }"#,
    expect: String = #", "expect": { "harmful": 50, "harmless": 50 }"#,
    in folder: URL
  ) throws -> StudyPlan {
    let ids = judges.matches(of: /"id": ("[^"]*")/).map { String($0.output.1) }.joined(separator: ", ")
    let study = """
      { "version": 1, "name": "far",
        "prompts": {
          "evaluation": { "file": "eval.jsonl", "obtain": "ask the miller"\(expect) },
          "direction": { "file": "train.jsonl", "expect": { "harmful": 1139, "harmless": 640 } } },
        "models": [\(models)], "edits": \(edits),
        "generation": { "maximumNewTokens": 2000 },
        "panel": { "file": "judges.json", "name": "all" } }
      """
    let panel = #"{ "version": 1, "judges": [\#(judges)], "panels": { "all": [\#(ids)] } }"#
    for (name, text) in ["study.json": study, "judges.json": panel] {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    let file = folder.appendingPathComponent("study.json").path
    return try StudyPlan.read(file: file, registry: StandardJudges.registry, listsMissing: true)
  }

  @Test(
    "shapes of published checkpoints have the parameters that their cards tell",
    arguments: [
      ("smollm2-135m", 0.1345e9), ("smollm2-1.7b", 1.711e9), ("smollm2-1.7b-untied-f32", 1.812e9),
      ("glm-4-9b", 9.4e9), ("qwen3-14b", 14.768e9), ("llama-3-70b", 70.554e9), ("gpt-oss-20b", 20.91e9),
    ]
  )
  func shapes(name: String, parameters: Double) throws {
    let shape = try #require(ModelShape.known.first { $0.name == name }).shape
    #expect(abs(Double(shape.parameters) / parameters - 1) < 0.002, "\(shape.parameters)")
  }

  @Test("a config.json in either key style gives the shape; one without sizes gives none")
  func configs() throws {
    let demo = try JSONDocument.read(file: "\(Folders.demo.path)/checkpoints/raw/config.json").root
    let shape = try #require(ModelShape(config: demo))
    let described = try LanguageCheckpoint.description(folder: "\(Folders.demo.path)/checkpoints/raw")
    #expect(shape.parameters == described.parameterCount)
    let moe: JSONValue = [
      "num_hidden_layers": 2, "hidden_size": 8, "intermediate_size": 16, "num_attention_heads": 2, "vocab_size": 10,
      "num_local_experts": 4, "num_experts_per_tok": 2, "torch_dtype": "float32",
    ]
    let experts = try #require(ModelShape(config: moe))
    #expect(experts.experts == 4 && experts.activeExperts == 2 && experts.storedBytes == 4)
    // Worked by hand: a block has 4·8·8 for attention, 4·3·8·16 for experts, 4·8 for the router and 2·8 for norms.
    #expect(experts.parameters == 2 * (256 + 1536 + 32 + 16) + 8 + 2 * 80)
    #expect(ModelShape(config: ["hidden_size": 8]) == nil)
    #expect(ModelShape(config: ["hidden_size": -8]) == nil)
  }

  @Test("nothing need be there: sizes follow from the reference, what is missing is listed with how to get it")
  func nothing() async throws {
    try await Folders.temporary { folder in
      let plan = try plan(
        models: """
          { "name": "a", "checkpoint": "hub:HuggingFaceTB/SmolLM2-1.7B-Instruct@dfc017e" },
          { "name": "b", "checkpoint": "models/b", "shape": "smollm2-1.7b-untied-f32", "obtain": "copy it" },
          { "name": "c", "checkpoint": "models/c" }
          """,
        in: folder
      )
      let needs = StudyRequirements(plan, machine: Self.machine, environment: [:])
      #expect(needs.prompts == 100 && needs.systems == 6 && needs.answers == 600)
      #expect(needs.models.map(\.sizesFrom) == ["known checkpoint", "shape", nil])
      #expect(needs.models.map(\.isHere) == [false, false, false])
      let parts = needs.missing.map { "\($0.kind.rawValue) \($0.owner): \($0.remedy ?? "-")" }
      #expect(
        parts == [
          "checkpoint a: tribunal pull HuggingFaceTB/SmolLM2-1.7B-Instruct --revision dfc017e", "checkpoint b: copy it",
          "checkpoint c: -", "prompts prompts.evaluation: ask the miller", "prompts prompts.direction: -",
        ]
      )
      let (a, b) = (needs.models[0], needs.models[1])
      #expect(a.diskBytes == 2 * (a.parameters ?? 0) && b.diskBytes == 4 * (b.parameters ?? 0))
      #expect(a.memory?.weights == 2 * (a.parameters ?? 0))
      #expect(needs.diskBytes.all == (a.diskBytes ?? 0) + (b.diskBytes ?? 0))
      #expect(needs.diskBytes.toFetch == needs.diskBytes.all)
      #expect(needs.unknown == ["c"])
      // By hand: 2·10⁻¹¹ s a weight and token; 1779 prompts of the direction and 200 of two systems, 78 tokens each (150
      // bytes, and 40 tokens of a template); 200 answers of 256 tokens expected, 2000 at most; attention on top.
      let blocks = Double(24 * (2048 * 64 * 128 + 3 * 2048 * 8192))
      let head = Double(49152 * 2048)
      let reading = 2e-11 * (blocks * 1979 * 78 + head * 1979)
      let seconds = try #require(a.seconds)
      let expected = reading + 2e-11 * (blocks + head) * 200 * 256
      #expect(seconds.expected > expected && seconds.expected < 1.05 * expected)
      let most = reading + 2e-11 * (blocks + head) * 200 * 2000
      #expect(seconds.most > most && seconds.most < 1.2 * most)
      let json = needs.json
      #expect(json["total"]?["unknown"]?.array?.count == 1 && json["machine"]?["bytesPerSecond"]?.isNull == true)
      #expect(json["models"]?.array?[2]["seconds"]?.isNull == true)
    }
  }

  @Test("an unknown number of prompts is said to be unknown, not guessed")
  func uncounted() async throws {
    try await Folders.temporary { folder in
      let plan = try plan(
        models: #"{ "name": "a", "checkpoint": "hub:Qwen/Qwen3-14B" }"#,
        expect: "",
        in: folder
      )
      let needs = StudyRequirements(plan, machine: Self.machine, environment: [:])
      #expect(needs.prompts == nil && needs.answers == nil && needs.models[0].seconds == nil)
      #expect(needs.models[0].parameters != nil && needs.missing.first?.remedy == "tribunal pull Qwen/Qwen3-14B")
      #expect(needs.assumptions.contains { $0.contains("prompts.evaluation.expect says it") })
    }
  }

  @Test("judges: a model of the study is stored once, remote ones count requests and money, variables are missing")
  func judges() async throws {
    try await Folders.temporary { folder in
      let plan = try plan(
        models: """
          { "name": "a", "checkpoint": "models/a", "shape": "smollm2-1.7b" },
          { "name": "far", "edits": [],
            "endpoint": { "url": "http://127.0.0.1:9/v1", "model": "m", "apiKeyEnv": "FAR_KEY",
                          "price": { "input": 1, "output": 2, "currency": "EUR" } } }
          """,
        judges: """
          { "id": "same", "kind": "local-model", "model": "models/a" },
          { "id": "other", "kind": "local-model", "model": "hub:unsloth/gpt-oss-20b-BF16" },
          { "id": "unknown", "kind": "local-model", "model": "models/x" },
          { "id": "bought", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "m",
            "apiKeyEnv": "VALE_KEY", "price": { "input": 1, "output": 2, "currency": "EUR" } }
          """,
        in: folder
      )
      let needs = StudyRequirements(plan, machine: Self.machine, environment: ["VALE_KEY": ""])
      #expect(needs.systems == 3 && needs.judges.map(\.items) == [300, 300, 300, 300])
      #expect(needs.judges[0].diskBytes == nil && needs.judges[0].seconds != nil)
      #expect((needs.judges[1].diskBytes ?? 0) > 40_000_000_000)
      #expect(needs.judges[2].seconds == nil && needs.unknown == ["unknown"])
      #expect(needs.judges[3].cost?.requests == 300 && needs.judges[3].cost?.money != nil)
      #expect(needs.judges[3].obstacle == "the environment variable VALE_KEY is not set")
      #expect(needs.models[1].cost?.requests == 100 && needs.models[1].cost?.money != nil)
      #expect(needs.missing.filter { $0.kind == .variable }.map(\.name) == ["FAR_KEY", "VALE_KEY"])
      #expect(needs.missing.filter { $0.kind == .judgeCheckpoint }.map(\.owner) == ["same", "other", "unknown"])
    }
  }

  @Test("the demo is here: its sizes come from its files, and nothing is missing")
  func demo() throws {
    let plan = try StudyPlan.read(
      file: "\(Folders.demo.path)/study.json",
      registry: StandardJudges.registry,
      listsMissing: true
    )
    let needs = StudyRequirements(plan, machine: Self.machine, environment: ["TRIBUNAL_REMOTE_API_KEY": "x"])
    #expect(needs.missing.isEmpty && needs.answers == 1400)
    #expect(needs.models.allSatisfy { $0.sizesFrom == "config.json" && $0.isHere })
    #expect(needs.diskBytes.toFetch < needs.diskBytes.all)
    #expect(needs.unknown.isEmpty)
  }

  @Test("a wrong number of prompts is told where it is declared")
  func wrongNumber() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder) { parts in
        parts["study"] = parts["study"]?.replacing(
          "\"harmless\": \"harmless.txt\" }",
          with: "\"harmless\": \"harmless.txt\",\n \"expect\": { \"harmful\": 4, \"harmless\": 5 } }"
        )
      }
      let error = #expect(throws: JSONErrors.self) {
        try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
      }
      #expect(
        error?.description.contains("there are 4 harmful and 4 harmless prompts, not 4 and 5") == true,
        "\(String(describing: error))"
      )
    }
  }

  @Test("this machine's rate is a number to reckon with, and a declared one stays as it is")
  func machine() throws {
    let here = try StudyRequirements.Machine.here(declared: nil, threads: 1, folder: "/")
    #expect(here.rate.flops > 1e8 && here.rate.bytes > 1e7 && !here.isDeclared)
    #expect((here.memoryBytes ?? 0) > 0 && (here.freeDiskBytes ?? -1) >= 0)
    let there = try StudyRequirements.Machine.here(declared: 5e10, threads: 1, folder: "/")
    #expect(there.rate == MatrixRate(flops: 5e10) && there.isDeclared)
  }
}
