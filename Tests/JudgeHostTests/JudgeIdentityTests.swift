import Foundation
import JSON
import JudgeKit
import KeywordJudge
import LocalModelJudge
import RemoteJudge
import SelfProbeJudge
import TestKit
import Testing

@testable import JudgeHost

/// Every kind's table of options is turned into entries that differ in one option; identities must differ exactly where the
/// checked options do.
@Suite("Identity of judges", .timeLimit(.minutes(10)))
struct JudgeIdentityTests {
  /// The smallest entry of each kind, and what else an option needs to be accepted at all: by the option's path.
  private struct Ground {
    let base: JSONObject
    var companions: [String: [JSONObject]] = [:]
  }

  private static let endpoint: JSONObject = ["endpoint": "https://mill.example.org/v1", "model": "miller"]
  private static let schemaFormat: JSONObject = [
    "endpoint": "https://mill.example.org/v1", "model": "miller", "read": ["parser": "json-v1"],
    "responseFormat": ["type": "json-schema"],
  ]
  private static let grounds: [String: Ground] = [
    "keyword": Ground(base: ["phrases": ["bell"]]),
    "local-model": Ground(base: ["model": "mill"], companions: modelCompanions(["model": "mill"], "prompt")),
    "self-probe": Ground(base: [:], companions: modelCompanions([:], "probe")),
    "remote": Ground(
      base: endpoint,
      companions: modelCompanions(endpoint, "prompt").merging([
        "responseFormat.name": [schemaFormat], "responseFormat.schema": [schemaFormat],
      ]) { first, _ in first }
    ),
    "process": Ground(base: ["command": ["/bin/true"]]),
    "library": Ground(base: ["path": "question.txt"]),
  ]

  /// What options of every model judge need beside them.
  private static func modelCompanions(_ base: JSONObject, _ question: String) -> [String: [JSONObject]] {
    func with(_ more: JSONObject) -> [JSONObject] {
      var entry = base
      for (key, value) in more.members { entry[key] = value }
      return [entry]
    }
    return [
      // The labels of the examples that `values` makes.
      "fewShot": with(["read": ["refusal": ["https://forge.example.org/v1", "forge"]]]),
      "read.key": with(["read": ["method": "generate", "parser": "json-v1"], question: "question.txt"]),
      "read.method": with(["read": ["method": "generate"]]),
      "samples": with(["read": ["method": "generate"], "temperature": 1]),
    ]
  }

  private let bench: HostBench

  init() { bench = HostBench() }

  @Test(
    "any change of an option gives another identity, and what changes nothing gives the same",
    arguments: HostBench.registry.kinds.map { $0.kind }.filter { JudgeIdentityTests.grounds[$0] != nil }
  )
  func options(word: String) async throws {
    try await Folders.temporary { folder in
      try Self.fill(folder)
      var bench = bench
      bench.folder = folder.path
      let kind = try #require(HostBench.registry.kind(word))
      let ground = try #require(Self.grounds[word])
      var seen: [(options: JudgeOptions, hash: String, entry: String)] = []
      func note(_ entry: JSONObject) throws -> JudgeOptions? {
        var entry = entry
        entry["id"] = "j"
        entry["kind"] = .string(word)
        guard let declaration = try? bench.declaration(.object(entry)) else { return nil }
        let hash = try declaration.resolved(models: BenchModels(model: bench.model)).contentHash
        seen.append((declaration.options, hash, JSONValue.object(entry).text()))
        return declaration.options
      }
      let base = try #require(try note(ground.base), "the base entry of \(word) is not accepted")
      var idle: [String] = []
      for (path, values) in Self.mutations(kind.options, []) {
        // As it stands, and beside each neighbour that might make it acceptable.
        var grounds = [ground.base] + (ground.companions[path.joined(separator: ".")] ?? [])
        for (other, otherValues) in Self.mutations(kind.options, []) where other != path {
          grounds += otherValues.prefix(3).map { Self.setting(ground.base, other, $0) }
        }
        var isCovered = false
        for start in grounds where !isCovered || start == ground.base {
          for value in values {
            let before = (start == ground.base) ? base : try note(start)
            let after = try note(Self.setting(start, path, value))
            if let before, let after, after != before { isCovered = true }
          }
        }
        // A choice of one word has nothing to change to.
        if !isCovered, values.count > 1 { idle.append(path.joined(separator: ".")) }
      }
      #expect(idle.isEmpty, "no accepted change of \(idle); give it a companion in this test's grounds")
      // Equal options, equal identity; different ones, different: over all pairs.
      var byHash: [String: JudgeOptions] = [:]
      for one in seen {
        if let other = byHash[one.hash] {
          #expect(other == one.options, "one identity for two configurations: \(one.entry)")
        }
        byHash[one.hash] = one.options
      }
      for (index, one) in seen.enumerated() {
        for other in seen[(index + 1)...] where one.options == other.options { #expect(one.hash == other.hash) }
      }
      #expect(byHash.count > kind.options.count)
    }
  }

  @Test(
    "nothing that the host does is part of an identity, but for what it shows of a response",
    arguments: ["keyword", "self-probe", "remote", "process"]
  )
  func hostOptions(word: String) throws {
    let ground = try #require(Self.grounds[word])
    func hash(_ more: JSONObject) throws -> String {
      try bench.declaration(.object(more)).resolved(models: BenchModels(model: bench.model)).contentHash
    }
    var base = ground.base
    base["kind"] = .string(word)
    base["id"] = "j"
    let own = try hash(base)
    base["id"] = "another-name"
    #expect(try hash(base) == own)
    var accepted = 0
    let kind = try #require(HostBench.registry.kind(word))
    for (path, values) in Self.mutations(HostOptions.table(for: kind), []) {
      for value in values {
        let entry = Self.setting(base, path, value)
        guard let declaration = try? bench.declaration(.object(entry)) else { continue }
        accepted += 1
        let found = try declaration.resolved(models: BenchModels(model: bench.model)).contentHash
        let isShown = path == ["show"] && value != "answer"
        #expect((found == own) != isShown, "\(path) = \(value.text())")
      }
    }
    #expect(accepted >= 8)
  }

  @Test("the content of files and checkpoints counts, not only their names")
  func contents() async throws {
    try await Folders.temporary { folder in
      try Self.fill(folder)
      var bench = bench
      bench.folder = folder.path
      let entry: JSONValue = ["id": "j", "kind": "local-model", "model": "mill", "prompt": "question.txt"]
      func hash(_ identity: String) throws -> String {
        let models = BenchModels(model: ScriptedModel(identity: identity))
        return try bench.declaration(entry).resolved(models: models).contentHash
      }
      let own = try hash("one")
      #expect(try hash("two") != own)
      #expect(try hash("one") == own)
      try FileBytes.write(Array("Other words: {prompt} {response} {delimiter}".utf8), to: "\(folder.path)/question.txt")
      #expect(try hash("one") != own)
    }
  }

  @Test("the order of a scale's words counts")
  func scaleOrder() throws {
    func hash(_ scale: JSONObject) throws -> String {
      let entry: JSONValue = ["id": "j", "kind": "self-probe", "scale": .object(scale)]
      return try bench.declaration(entry).resolved(models: BenchModels(model: bench.model)).contentHash
    }
    let one = try hash(["full": "refusal", "none": "nonRefusal"])
    let two = try hash(["none": "nonRefusal", "full": "refusal"])
    #expect(one != two)
  }

  /// Files and checkpoints that the mutations name.
  private static func fill(_ folder: URL) throws {
    for name in ["mill", "forge"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name),
        withIntermediateDirectories: true
      )
      try FileBytes.write(Array("{}".utf8), to: folder.appendingPathComponent("\(name)/config.json").path)
    }
    for name in ["bell", "comb", "temperature", "seed"] {
      try FileBytes.write(Array(name.utf8), to: folder.appendingPathComponent(name).path)
    }
    let texts = ["question.txt", "question2.txt"].map {
      "\($0): {delimiter} {prompt} {delimiter} {response} {delimiter}"
    }
    for (name, label) in [("examples.jsonl", "REFUSAL"), ("examples2.jsonl", "NON-REFUSAL")] {
      let line = "{\"prompt\": \"Ring?\", \"response\": \"Gladly.\", \"label\": \"\(label)\"}\n"
      try FileBytes.write(Array(line.utf8), to: folder.appendingPathComponent(name).path)
    }
    for (name, text) in zip(["question.txt", "question2.txt"], texts) {
      try FileBytes.write(Array(text.utf8), to: folder.appendingPathComponent(name).path)
    }
  }

  /// Values for every option of a table, inner ones by their path.
  private static func mutations(_ table: [JudgeOption], _ path: [String]) -> [(path: [String], values: [JSONValue])] {
    table.flatMap { option -> [(path: [String], values: [JSONValue])] in
      let own = path + [option.key]
      if case .object(let inner) = option.kind { return mutations(inner, own) }
      return [(own, values(option.kind))]
    }
  }

  private static func values(_ kind: JudgeOption.Kind) -> [JSONValue] {
    switch kind {
    case .string: ["REFUSAL", "NON-REFUSAL", "https://forge.example.org/v1", "forge", "mill", "", "/tmp"]
    case .choice(let words): words.map { .string($0) }
    case .file(let words) where words.isEmpty: ["examples.jsonl", "examples2.jsonl"]
    case .file(let words): words.map { .string($0) } + ["question.txt", "question2.txt"]
    case .checkpoint: ["mill", "forge"]
    case .secretVariable: ["MILL_KEY", "FORGE_KEY"]
    case .integer(let range):
      [range.lowerBound, min(range.lowerBound + 1, range.upperBound), min(3, range.upperBound), range.upperBound]
        .filter(range.contains).map { .integer(Int64($0)) }
    case .number(let range):
      [range.lowerBound, (range.lowerBound + range.upperBound) / 2, range.upperBound].map { .number($0) }
    case .bool: [true, false]
    case .strings:
      [
        ["bell"], ["comb"], ["bell", "comb"], ["comb", "bell"], ["temperature"], ["seed", "temperature"], ["true"],
        ["false"],
      ]
    case .texts: [["X-Bell": "1"], ["X-Bell": "2"], ["X-Comb": "1"], ["X-Bell": "1", "X-Comb": "1"]]
    case .secretVariables: [["X-Bell": "MILL_KEY"], ["X-Bell": "FORGE_KEY"], ["X-Comb": "MILL_KEY"]]
    case .anyObject: [["bell": 1], ["bell": 2], ["comb": ["a", [:]]], ["comb": [[:], "a"]]]
    case .words(let words):
      [
        .object(JSONObject(words.enumerated().map { ("w\($0)", .string($1)) })),
        .object(JSONObject(words.reversed().enumerated().map { ("w\($0)", .string($1)) })),
        .object(JSONObject(words.enumerated().map { ("v\($0)", .string($1)) })),
        .object(JSONObject(words.enumerated().reversed().map { ("w\($0)", .string($1)) })),
      ]
    case .object: []
    case .objects(let table):
      // All keys at once, and each alone where keys exclude each other.
      ([table] + table.map { [$0] }).flatMap { keys in
        [0, 1].map { pick -> JSONValue in
          let members = keys.compactMap { option -> (String, JSONValue)? in
            let values = values(option.kind)
            return values.isEmpty ? nil : (option.key, values[min(pick, values.count - 1)])
          }
          return .array([.object(JSONObject(members))])
        }
      }
    }
  }

  private static func setting(_ entry: JSONObject, _ path: [String], _ value: JSONValue) -> JSONObject {
    var entry = entry
    guard let first = path.first else { return entry }
    if path.count == 1 {
      entry[first] = value
    } else {
      entry[first] = .object(setting(entry[first]?.object ?? [:], Array(path.dropFirst()), value))
    }
    return entry
  }
}
