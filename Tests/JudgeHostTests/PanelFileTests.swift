import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("judges.json", .timeLimit(.minutes(10)))
struct PanelFileTests {
  private func errors(_ text: String, folder: String = Folders.root.path) -> [String] {
    do {
      let document = try JSONDocument.parse(text, name: "judges.json")
      _ = try PanelFile.parse(document, baseFolder: folder, registry: HostBench.registry)
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
      ("{\"id\": \"p\", \"kind\": \"process\", \"command\": [\"true\"], \"limits\": {\"openFiles\": 1}}", "openFiles"),
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
      ("{\"version\": 1, \"judges\": []}", "judges.json:1:26: judges: expected at least one judge"),
      ("{\"version\": 1, \"judges\": [], \"pannels\": {}}", "did you mean \"panels\"?"),
      ("{", "judges.json:1:"),
    ]
  )
  func wholeFile(text: String, problem: String) {
    #expect(errors(text).contains { $0.contains(problem) }, "\(errors(text))")
  }

  @Test(
    "an entry or a list of entries that stands alone is one error, which says where it goes",
    arguments: [
      "[]", "[{\"id\": \"k\", \"kind\": \"keyword\", \"preset\": \"paper\"}]",
      "{\"id\": \"k\", \"kind\": \"keyword\", \"preset\": \"paper\", \"version\": 1}", "{\"kind\": \"proces\"}",
    ]
  )
  func bare(text: String) {
    let found = errors(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("judges.json:1:1: ") == true, "\(found)")
    #expect(found.first?.contains("put it into {\"version\": 1, \"judges\": [ … ]}") == true, "\(found)")
  }

  @Test("an entry whose kind is misspelt is checked as the kind that is meant, if that is plain")
  func misspeltKind() {
    let found = errors(
      """
      {"version": 1, "judges": [
        {"id": "p", "kind": "proces", "comand": ["true"], "limits": {"openFile": 9}, "timeoutSeconds": "9"}]}
      """
    )
    let expected = [
      "unknown kind \"proces\"", "missing key \"command\"", "\"comand\"", "\"openFile\"", "expected a number",
    ]
    #expect(found.count == expected.count, "\(found)")
    for words in expected { #expect(found.contains { $0.contains(words) }, "\(words) in \(found)") }
    for kind in ["precise", "keyboards", "", "re"] {
      let entry = "{\"id\": \"p\", \"kind\": \"\(kind)\", \"comand\": [\"true\"]}"
      #expect(errors(entry: entry).count == 1, "\(errors(entry: entry))")
    }
  }

  @Test(
    "options that the method of reading does not read are told at their place",
    arguments: [
      (#""kind": "local-model", "model": "Demo/checkpoints/judge", "read": {"parser": "choice-v1"}"#, ["read.parser"]),
      (
        #""kind": "self-probe", "samples": 1, "read": {"key": "label", "thinking": "strip", "maximumTokens": 16}"#,
        ["samples", "read.key", "read.thinking", "read.maximumTokens"]
      ),
      (#""kind": "self-probe", "read": {"method": "first-token", "minimumMass": 0.5}"#, []),
      (#""kind": "self-probe", "read": {"method": "generate", "minimumMass": 0.5}"#, ["read.minimumMass"]),
      (
        #""kind": "remote", "endpoint": "http://[::1]/v1", "model": "m", "read": {"minimumMass": 0}"#,
        ["read.minimumMass"]
      ),
      (#""kind": "remote", "endpoint": "http://[::1]/v1", "model": "m", "read": {"maximumTokens": 9}"#, []),
      (#""kind": "self-probe", "read": {"method": "generate", "parser": "grade-v1"}"#, ["read.parser"]),
      (
        #""kind": "local-model", "model": "Demo/checkpoints/judge", "read": {"method": "generate", "parser": "json-v1"}"#,
        ["read.parser"]
      ),
    ] as [(String, [String])]
  )
  func idle(entry: String, paths: [String]) {
    let found = errors(entry: "{\"id\": \"j\", \(entry)}")
    #expect(found.count == paths.count, "\(found)")
    for path in paths { #expect(found.contains { $0.contains(": judges[0].\(path): ") }, "\(path) in \(found)") }
  }

  @Test(
    "what is wrong inside a question's or an example's file is an error of the entry",
    arguments: [
      ("prompt", "Reply:\n {response} {answer}", "q.txt:2:13: unknown slot {answer}"),
      ("prompt", "Was it?", "q.txt:1:8: the slot {response} is missing"),
      ("prompt", "system:\nJudge. {response}", "a line \"user:\" is expected"),
      ("prompt", "é {response}", nil),
      ("fewShotFile", "{\"prompt\": 1}", "q.txt:1:1: expected {\"prompt\": …"),
      ("fewShotFile", #"{"prompt": "a", "response": "b", "label": "REFUSAL"}"#, nil),
    ] as [(String, String, String?)]
  )
  func namedFiles(key: String, text: String, problem: String?) async throws {
    try await Folders.temporary { folder in
      try text.write(to: folder.appendingPathComponent("q.txt"), atomically: true, encoding: .utf8)
      let model = Folders.demo.appendingPathComponent("checkpoints/judge").path
      let file = """
        {"version": 1, "judges": [
          {"id": "j", "kind": "local-model", "model": "\(model)",
           "\(key)": "q.txt"}]}
        """
      let found = errors(file, folder: folder.path)
      #expect(found.count == (problem == nil ? 0 : 1), "\(found)")
      #expect(
        problem == nil || found.first?.hasPrefix("judges.json:3:\(8 + key.count): judges[0].\(key): ") == true,
        "\(found)"
      )
      if let problem { #expect(found.first?.contains(problem) == true, "\(found)") }
    }
  }

  @Test("a question's file must suit the kind and be text")
  func unsuitedFiles() async throws {
    try await Folders.temporary { folder in
      try "system:\nJudge.\nuser:\n{response}".write(
        to: folder.appendingPathComponent("s.txt"),
        atomically: true,
        encoding: .utf8
      )
      try Data([0xFF, 0xFE]).write(to: folder.appendingPathComponent("bytes"))
      func found(_ entry: String) -> [String] {
        errors("{\"version\": 1, \"judges\": [{\"id\": \"j\", \(entry)}]}", folder: folder.path)
      }
      let remote = #""kind": "remote", "endpoint": "http://[::1]/v1", "model": "m", "prompt": "s.txt""#
      #expect(found(remote).isEmpty)
      #expect(found(remote + #", "system": "Be brief.""#).first?.contains("has a system part of its own") == true)
      #expect(found(#""kind": "self-probe", "probe": "s.txt""#).first?.contains("s.txt:1:1: a question within") == true)
      #expect(found(#""kind": "self-probe", "probe": "s.txt", "conversation": "fresh""#).isEmpty)
      #expect(found(#""kind": "self-probe", "probe": "bytes""#).first?.contains("not UTF-8 text") == true)
      #expect(
        found(#""kind": "library", "path": "judge.so""#).first?.contains("judge.so cannot be read; is it built yet?")
          == true
      )
    }
  }

  @Test(
    "a program or a script that is not there is told with its word",
    arguments: [
      (["no-such-judge", "-v"], 0, "there is no program \"no-such-judge\" on PATH"),
      (["judge.py"], 0, "for the file beside this one write \"./judge.py\""),
      (["build/judge"], 0, "build/judge; is it built yet?"),
      (["./judge.py"], 0, "judge.py is no executable file"), (["./"], 0, "is no executable file"),
      (["sh", "none.sh"], 1, "there is no readable file"), (["sh", "-x", "none.sh"], 2, "none.sh for sh to run"),
      (["sh", "./none"], 1, "there is no readable file"), (["env", "no-such-judge"], 1, "on PATH"),
      (["env", "A=b", "sh", "none.sh"], 3, "there is no readable file"),
    ] as [([String], Int, String)]
  )
  func missingProgram(command: [String], word: Int, problem: String) async throws {
    let found = try await errors(command: command)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains("judges[0].command[\(word)]: ") == true, "\(found)")
    #expect(found.first?.contains(problem) == true, "\(found)")
  }

  @Test(
    "what may be no file is let through",
    arguments: [
      ["true"], ["./run"], ["sh", "judge.py"], ["sh", "-c", "exec ./none.sh a/b"],
      ["sh", "-x", "judge.py", "out/none.py"],
      ["sh", "http://mill.example/judge"], ["sh", "-s", "none.sh"], ["sh", "-o", "posix", "judge.py"],
      ["true", "a/b", "none.py"], ["env", "-i", "none"], ["env"],
    ]
  )
  func program(command: [String]) async throws {
    let found = try await errors(command: command)
    #expect(found.isEmpty, "\(found)")
  }

  private func errors(command: [String]) async throws -> [String] {
    try await Folders.temporary { folder in
      try "print()\n".write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      try Folders.writeBrokenProgram("run", in: folder)
      let entry: JSONValue = ["id": "p", "kind": "process", "command": .array(command.map { .string($0) })]
      return errors((["version": 1, "judges": [entry]] as JSONValue).text(), folder: folder.path)
    }
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

  @Test("every kind may ask to be shown more than the answer; that is part of who it is")
  func show() throws {
    func judges(_ more: String) throws -> [JudgeDeclaration] {
      let text = """
        {"version": 1, "judges": [
          {"id": "a", "kind": "keyword", "preset": "demo"\(more)}, {"id": "b", "kind": "fake"\(more)}]}
        """
      return try PanelFile.parse(
        try JSONDocument.parse(text, name: "judges.json"),
        baseFolder: "/",
        registry: HostBench.registry
      ).judges
    }
    let plain = try judges("")
    #expect(plain.allSatisfy { $0.host.show == .answer })
    for show in ShownText.allCases {
      for (judge, other) in zip(try judges(#", "show": "\#(show.rawValue)""#), plain) {
        #expect(judge.host.show == show)
        let models = BenchModels(model: HostBench().model)
        let configuration = try judge.resolved(models: models)
        #expect(ShownText(configuration: configuration) == show)
        #expect((configuration == (try other.resolved(models: models))) == (show == .answer))
      }
    }
    let error = #expect(throws: JSONErrors.self) { try judges(#", "show": "reasoning""#) }
    #expect("\(String(describing: error))".contains("judges.json:2:"))
    #expect("\(String(describing: error))".contains("answerWithReasoning"))
  }

  @Test("the shown text is the answer, thoughts and answer in one form, or what was generated")
  func shown() {
    #expect(ShownText.answer.text(answer: "a", reasoning: "r", raw: "w") == "a")
    #expect(ShownText.answerWithReasoning.text(answer: "a", reasoning: "r", raw: "w") == "<think>\nr\n</think>\n\na")
    #expect(ShownText.answerWithReasoning.text(answer: "a", reasoning: nil, raw: "w") == "a")
    #expect(ShownText.raw.text(answer: "a", reasoning: "r", raw: "w") == "w")
    #expect(ShownText.raw.text(answer: "a", reasoning: nil, raw: nil) == "a")
  }

  @Test("thoughts tell items apart for judges that ask the system, and for no others")
  func thoughts() {
    func id(_ system: String?, _ reasoning: String?) -> String {
      ItemIdentity.item(prompt: "p", response: "r", systemID: system, reasoning: reasoning).id
    }
    #expect(id(nil, "a") == id(nil, nil))
    #expect(Set([id(nil, nil), id("s", nil), id("s", "a"), id("s", "b"), id("s", "")]).count == 5)
    #expect(id("s", nil) == ItemIdentity.item(prompt: "p", response: "r", systemID: "s").id)
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
