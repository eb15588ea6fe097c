import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("judges.json", .timeLimit(.minutes(10)))
struct PanelFileTests {
  private func errors(_ text: String) -> [String] {
    do {
      let document = try JSONDocument.parse(text, name: "judges.json")
      _ = try PanelFile.parse(document, baseFolder: Folders.root.path, registry: HostBench.registry)
      return []
    } catch let errors as JSONErrors { return errors.errors.map(\.description) } catch { return ["\(error)"] }
  }

  private func errors(entry: String) -> [String] { errors("{\"version\": 1, \"judges\": [\(entry)]}") }

  @Test("all mistakes come in one go, each with line, column and the nearest word")
  func allAtOnce() {
    let text = """
      { "version": 1,
        "judges": [
          { "id": "words", "kind": "keyword", "preset": "paper", "ignorCase": true },
          { "id": "strict", "kind": "keyword", "refusal": ["fine", "I (can't"] },
          { "id": "words", "kind": "keyword", "phrases": "sorry" },
          { "id": "small", "kind": "local-modell", "model": "Demo/checkpoints/judge" },
          { "id": "big", "kind": "local-model", "model": "Demo/checkpoints/none", "prompt": "no-such-file.txt" },
          { "id": "far", "kind": "remote", "endpoint": "ftp://api.example.org", "model": "m", "timeoutSeconds": 0 },
          { "id": "wry", "kind": "fake-batch", "mood": "clam", "retry": { "atempts": 2 } }
        ],
        "panels": { "default": ["words", "smal", "words"], "empty": [] } }
      """
    let found = errors(text)
    let expected = [
      ("judges.json:3:", ["ignorCase", "did you mean \"ignoreCase\"?"]),
      ("judges.json:4:", ["refusal[1]", "not a usable pattern: missing ) at character 9"]),
      ("judges.json:5:", ["the id \"words\" is taken by an earlier judge"]),
      ("judges.json:5:", ["expected a list", "found a string"]),
      ("judges.json:6:", ["unknown kind \"local-modell\"", "did you mean \"local-model\"?"]),
      ("judges.json:7:", ["Demo/checkpoints/none is no checkpoint folder"]),
      ("judges.json:7:", ["no-such-file.txt cannot be read"]),
      ("judges.json:8:", ["timeoutSeconds"]),
      ("judges.json:9:", ["\"clam\" is not one of calm, cross", "did you mean \"calm\"?"]),
      ("judges.json:9:", ["unknown key \"atempts\"", "did you mean \"attempts\"?"]),
      ("judges.json:11:", ["there is no judge \"smal\"", "did you mean \"small\"?"]),
      ("judges.json:11:", ["\"words\" is in the panel already"]),
      ("judges.json:11:", ["a panel needs at least one judge"]),
    ]
    #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
    for (line, (place, words)) in zip(found, expected) {
      #expect(line.hasPrefix(place), "\(line)")
      #expect(
        line.split(separator: ":").count > 3 && Int(line.split(separator: ":")[2]) != nil,
        "\(line) has no column"
      )
      for word in words { #expect(line.contains(word), "\(line)") }
    }
  }

  @Test("a mistake points at its very place")
  func column() {
    let entry = "{\"id\": \"k\", \"kind\": \"keyword\", \"refusal\": [\"a\", \"(\"]}"
    let text = "{\"version\": 1,\n\"judges\": [\n  \(entry)]}"
    let column = 3 + (entry.range(of: "\"(\"").map { entry.distance(from: entry.startIndex, to: $0.lowerBound) } ?? 0)
    #expect(errors(text).first?.hasPrefix("judges.json:3:\(column): ") == true, "\(errors(text))")
  }

  @Test(
    "entries that cannot be are refused",
    arguments: [
      ("{\"kind\": \"keyword\", \"preset\": \"paper\"}", "missing key \"id\""),
      ("{\"id\": \"k\"}", "missing key \"kind\""),
      ("{\"id\": \"a b\", \"kind\": \"fake\"}", "no usable id"),
      ("{\"id\": \"\", \"kind\": \"fake\"}", "no usable id"),
      ("7", "expected an object, found a number"),
      ("{\"id\": \"k\", \"kind\": \"keyword\"}", "there is nothing to look for"),
      ("{\"id\": \"p\", \"kind\": \"process\"}", "missing key \"command\""),
      ("{\"id\": \"p\", \"kind\": \"process\", \"command\": []}", "expected a program"),
      ("{\"id\": \"p\", \"kind\": \"process\", \"command\": [\"x\", 1]}", "expected a string"),
      ("{\"id\": \"p\", \"kind\": \"process\", \"command\": [\"x\"], \"limits\": {\"openFiles\": 1}}", "openFiles"),
      ("{\"id\": \"f\", \"kind\": \"fake\", \"concurrency\": 1.5}", "whole number"),
      ("{\"id\": \"f\", \"kind\": \"fake\", \"budget\": 3}", "expected an object"),
      ("{\"id\": \"f\", \"kind\": \"fake\", \"limits\": {}}", "unknown key \"limits\""),
      (
        "{\"id\": \"r\", \"kind\": \"remote\", \"endpoint\": \"http://api.example.org\", \"model\": \"m\", \"apiKeyEnv\": \"K\"}",
        "must not travel unencrypted"
      ),
      (
        "{\"id\": \"r\", \"kind\": \"remote\", \"endpoint\": \"https://u:p@api.example.org\", \"model\": \"m\"}",
        "a key goes into apiKeyEnv"
      ),
      (
        "{\"id\": \"s\", \"kind\": \"self-probe\", \"read\": {\"refusal\": []}}",
        "expected at least one label"
      ),
    ]
  )
  func refused(entry: String, problem: String) {
    let found = errors(entry: entry)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(problem) == true, "\(found)")
    #expect(found.first?.hasPrefix("judges.json:1:") == true, "\(found)")
  }

  @Test(
    "the file itself is checked",
    arguments: [
      ("[]", "expected an object"), ("{\"judges\": []}", "missing key \"version\""),
      ("{\"version\": 2, \"judges\": []}", "reads version 1"),
      ("{\"version\": 1}", "missing key \"judges\""),
      ("{\"version\": 1, \"judges\": [], \"pannels\": {}}", "did you mean \"panels\"?"),
      ("{", "judges.json:1:"),
    ]
  )
  func wholeFile(text: String, problem: String) {
    #expect(errors(text).contains { $0.contains(problem) }, "\(errors(text))")
  }

  @Test("a file that is not there is an error of its name")
  func absent() {
    let error = #expect(throws: JSONErrors.self) {
      try PanelFile.read(file: "/no/such/judges.json", registry: HostBench.registry)
    }
    #expect("\(String(describing: error))".contains("/no/such/judges.json"))
  }

  @Test("standard values are filled in and panels keep their order")
  func standards() throws {
    let text = """
      {"version": 1, "judges": [
        {"id": "a", "kind": "keyword", "preset": "demo"}, {"id": "b", "kind": "fake", "timeoutSeconds": 2,
          "concurrency": 3, "retry": {"attempts": 1}, "budget": {"requests": 9}}],
       "panels": {"both": ["b", "a"], "one": ["a"]}}
      """
    let document = try JSONDocument.parse(text, name: "judges.json")
    let file = try PanelFile.parse(document, baseFolder: "/", registry: HostBench.registry)
    #expect(file.judges.map(\.id) == ["a", "b"])
    #expect(file.panel("both")?.map(\.id) == ["b", "a"])
    #expect(file.panel("none") == nil)
    #expect(file.judges[0].options.string("match") == "anywhere")
    #expect(file.judges[0].host.timeoutSeconds == 60)
    #expect(file.judges[0].host.attempts == 5)
    let host = file.judges[1].host
    #expect(host.timeoutSeconds == 2 && host.concurrency == 3 && host.attempts == 1 && host.requestBudget == 9)
    #expect(host.baseMilliseconds == 500)
  }

  @Test("the schema is JSON and lists every option of every kind, the host's too")
  func schema() throws {
    let schema = PanelFile.schema(HostBench.registry)
    #expect(try JSONDocument.parse(schema.text(), name: "schema").root == schema)
    let entries = try #require(schema["properties"]?["judges"]?["items"]?["oneOf"]?.array)
    #expect(entries.count == HostBench.registry.kinds.count)
    func compare(_ table: [JudgeOption], _ object: JSONValue?) {
      for option in table {
        let property = object?["properties"]?[option.key]
        #expect(property != nil, "\(option.key) is missing")
        #expect(property?["description"]?.string == option.help)
        #expect((property?["default"] == nil) == (option.standard == nil))
        #expect((object?["required"]?.array ?? []).contains(.string(option.key)) == option.required)
        if case .object(let inner) = option.kind { compare(inner, property) }
      }
      #expect(object?["additionalProperties"] == false)
    }
    for kind in HostBench.registry.kinds {
      let entry = entries.first { $0["properties"]?["kind"]?["const"]?.string == kind.kind }
      compare(kind.options, entry)
      for key in ["id", "timeoutSeconds", "concurrency", "retry", "budget"] {
        #expect(entry?["properties"]?[key] != nil, "\(kind.kind) has no \(key)")
      }
    }
  }
}
