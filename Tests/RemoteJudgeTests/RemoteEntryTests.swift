import JSON
import JudgeHost
import JudgeKit
import RemoteJudge
import TestKit
import Testing

@Suite("Entries of remote judges", .timeLimit(.minutes(10)))
struct RemoteEntryTests {
  /// The problems of an entry; each member of `more` stands on its own line from line 4 on.
  private func problems(_ more: [String], endpoint: String = "https://mill.example/v1") -> [String] {
    let lines = ["\"endpoint\": \"\(endpoint)\""] + more
    let text = """
      {"version": 1, "judges": [{
        "id": "r", "kind": "remote",
        "model": "miller",
        \(lines.joined(separator: ",\n  "))
      }]}
      """
    do {
      let document = try JSONDocument.parse(text, name: "judges.json")
      _ = try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
      return []
    } catch let errors as JSONErrors {
      // The path between place and problem is dropped: the place says the same.
      return errors.errors.map { $0.description.replacing(/:\sjudges\[0\][^:]*:\s/, with: ": ", maxReplacements: 1) }
    } catch { return ["\(error)"] }
  }

  @Test(
    "what cannot work is told at its line and column",
    arguments: [
      (["\"apiKeyHeader\": \"api-key\""], "judges.json:5:19: without \"apiKeyEnv\""),
      (
        ["\"apiKeyEnv\": \"K\"", "\"apiKeyHeader\": \"a b\""], "judges.json:6:19: \"a b\" cannot be the header of a key"
      ),
      (["\"apiKeyEnv\": \"sk-mill-1\""], "judges.json:5:16: expected the name of an environment variable"),
      (["\"headers\": {\"Authorization\": \"Bearer x\"}"], "judges.json:5:32: a credential must not stand here"),
      (["\"headers\": {\"Host\": \"mill\"}"], "judges.json:5:23: the header Host is set by this program"),
      (["\"headers\": {\"X Y\": \"1\"}"], "judges.json:5:22: \"X Y\" is no name of a header"),
      (["\"headers\": {\"X-A\": \"a\\nb\"}"], "judges.json:5:22: control characters"),
      (
        ["\"headers\": {\"X-A\": \"1\"}", "\"headersEnv\": {\"x-a\": \"A\"}"],
        "judges.json:6:25: the header x-a is set twice"
      ),
      (["\"headers\": {\"X-A\": 1}"], "judges.json:5:22: expected a string"),
      (["\"headersEnv\": {\"X-A\": \"not a name\"}"], "judges.json:5:25: expected the name of an environment variable"),
      (["\"query\": {\"api_key\": \"1\"}"], "judges.json:5:24: a credential must not stand here"),
      (["\"query\": {\"v\": \"1\"}", "\"queryEnv\": {\"v\": \"V\"}"], "judges.json:6:21: \"v\" is set twice"),
      (["\"omit\": [\"seed\", \"temprature\"]"], "judges.json:5:20: \"temprature\" is not one of"),
      (["\"omit\": [\"seed\"]", "\"seed\": 4"], "judges.json:6:11: a seed cannot be sent and left out"),
      (
        ["\"omit\": [\"temperature\"]", "\"temperature\": 1"],
        "judges.json:6:18: a temperature cannot be sent and left out"
      ),
      (["\"omit\": [\"streamOptions\"]"], "judges.json:5:11: streamOptions are sent only with"),
      (["\"extra\": {\"top_p\": 1, \"messages\": []}"], "judges.json:5:37: \"messages\" is set by the judge itself"),
      (["\"extra\": [1]"], "judges.json:5:12: expected an object, found"),
      (["\"tokenLimit\": \"maxtokens\""], "judges.json:5:17: \"maxtokens\" is not one of max_tokens"),
      (["\"responseFormat\": {\"type\": \"json-schema\"}"], "judges.json:5:21: a JSON answer is never exactly a label"),
      (
        ["\"responseFormat\": {\"type\": \"text\", \"schema\": {}}"],
        "judges.json:5:48: only the type json-schema has a schema"
      ),
      (["\"budget\": {\"money\": 3}"], "judges.json:5:23: without a \"price\" money cannot be counted"),
      (["\"price\": {\"input\": 1, \"output\": 2}"], "judges.json:5:12: missing key \"currency\""),
      (["\"price\": {\"input\": 1, \"output\": 2, \"currency\": \"\"}"], "judges.json:5:50: expected a currency"),
      (["\"rate\": {\"requestsPerMinute\": 0}"], "judges.json:5:33: 0.0 is outside"),
      (["\"proxy\": \"mill:3128\""], "judges.json:5:12: expected http://host:port"),
      (["\"proxy\": \"http://bram:word@mill:3128\""], "judges.json:5:12: a password must not stand here"),
      (["\"caFile\": \"no/such/file.pem\""], "judges.json:5:13: the file //no/such/file.pem cannot be read"),
      (["\"budget\": {\"seconds\": 0}"], "judges.json:5:25: 0.0 is outside"),
      (["\"retry\": {\"attempts\": 0}"], "judges.json:5:25: "),
    ] as [([String], String)]
  )
  func impossible(lines: [String], problem: String) {
    let found = problems(lines)
    #expect(found.count == 1 && found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test(
    "an address that cannot be meant is told at its place",
    arguments: [
      ("mill.example", "is no address"), ("https://", "is no address"), ("https:///v1", "is no address"),
      ("https://mill.example/v 1", "white space"), ("https://mill.example/v1/chat/completions", "which is appended"),
      ("https://mill.example/v1/chat/completions/", "which is appended"),
      ("https://mill.example/v1?x=1", "a query into query"),
      ("https://bram@mill.example", "an address without '@'"),
    ]
  )
  func addresses(endpoint: String, problem: String) {
    let found = problems([], endpoint: endpoint)
    #expect(found.count == 1 && found.first?.hasPrefix("judges.json:4:15: ") == true, "\(found)")
    #expect(found.first?.contains(problem) == true, "\(found)")
  }

  @Test("a secret of any kind does not go out unencrypted, except to this machine")
  func unencrypted() {
    for line in ["\"apiKeyEnv\": \"K\"", "\"headersEnv\": {\"X-A\": \"K\"}", "\"queryEnv\": {\"a\": \"K\"}"] {
      #expect(
        problems([line], endpoint: "http://mill.example/v1").first?.contains("must not travel unencrypted") == true
      )
      #expect(problems([line], endpoint: "http://127.0.0.1:8080/v1").isEmpty)
      let proxy = "\"proxy\": \"http://mill.example:3128\""
      #expect(problems([line, proxy], endpoint: "http://127.0.0.1:8080/v1").first?.contains("through a proxy") == true)
      #expect(problems([line, proxy]).isEmpty)
    }
    #expect(problems([], endpoint: "http://mill.example/v1").isEmpty)
    #expect(
      problems(["\"caFile\": \"/etc/hostname\""], endpoint: "http://mill.example/v1").first?.contains("https://")
        == true
    )
  }

  @Test("limits of endpoints are no options of other judges")
  func elsewhere() throws {
    let text = """
      {"version": 1, "judges": [{"id": "p", "kind": "process", "command": ["true"], "rate": {"requestsPerMinute": 3}}]}
      """
    let document = try JSONDocument.parse(text, name: "judges.json")
    #expect(throws: JSONErrors.self) {
      try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
    }
  }

  @Test("an entry with everything is accepted, and what cannot change a verdict is not part of its identity")
  func everything() throws {
    func identity(_ more: String) throws -> String {
      let text = """
        {"version": 1, "judges": [{"id": "r", "kind": "remote", "endpoint": "https://mill.example/openai", "model": "m",
          "apiKeyEnv": "K", "apiKeyHeader": "api-key", "headers": {"OpenAI-Organization": "o"}, "headersEnv": {"X-A": "A"},
          "query": {"api-version": "1"}, "queryEnv": {"sig": "S"}, "stream": true, "omit": ["streamOptions"],
          "tokenLimit": "max_completion_tokens", "temperature": 1, "seed": 7, "system": "Be brief.",
          "extra": {"top_p": 0.5, "deep": {"a": [1, null, "x", {}]}}\(more)}]}
        """
      let document = try JSONDocument.parse(text, name: "judges.json")
      let panel = try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
      return try #require(panel.judges.first).resolved(models: NoModels()).text(.canonical)
    }
    let plain = try identity("")
    #expect(plain.contains(#"{"a":[1,null,"x",{}]}"#))
    let host = """
      , "timeoutSeconds": 9, "concurrency": 64, "retry": {"attempts": 2}, "rate": {"requestsPerMinute": 3, "tokensPerMinute": 9},
      "budget": {"requests": 1, "tokens": 2, "money": 3.5, "seconds": 4},
      "price": {"input": 1, "output": 2, "currency": "EUR"}, "proxy": "socks5://mill:1080", "caFile": "/etc/hostname"
      """
    #expect(try identity(host) == plain)
  }

  private struct NoModels: ModelSource {
    func languageModel(folder: String) async throws -> any LanguageModel { ScriptedModel() }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { Respondent(model: ScriptedModel(), turns: []) }
  }
}
