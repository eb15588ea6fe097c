import ChatTemplates
import Foundation
import JSON
import TestKit
import Testing

/// What Jinja renders; made by `Tests/Oracles/templates/make.py`.
private struct Oracle {
  let conversations: JSONValue
  let variables: JSONObject
  let clock: TemplateClock
  let cases: [JSONValue]

  init() throws {
    let file = Folders.root.appendingPathComponent("Tests/Oracles/templates/templates.json")
    let root = try JSONDocument.read(file: file.path).root
    conversations = try #require(root["conversations"])
    variables = try #require(root["variables"]?.object)
    clock = try #require(root["now"]?.string.flatMap { TemplateClock($0) })
    cases = try #require(root["cases"]?.array)
  }

  /// Python's errors that have no class of their own here.
  static let synonyms = ["IndexError": "ValueError"]
}

@Suite("Templates against Jinja", .timeLimit(.minutes(10)))
struct OracleTests {
  @Test(
    "a template renders what Jinja renders, or fails with the same class of error on the same line",
    arguments: [
      ("chat", 10), ("white space", 15), ("loops", 21), ("expressions", 31), ("undefined", 19), ("filters", 39),
      ("json", 9), ("methods", 23), ("macros", 15), ("scopes", 14), ("tests", 10), ("clock", 1), ("errors", 28),
    ]
  )
  func cases(subject: String, count: Int) throws {
    let oracle = try Oracle()
    let cases = oracle.cases.filter { $0["subject"]?.string == subject }
    #expect(cases.count == count)
    for entry in cases {
      let source = try #require(entry["source"]?.string)
      let conversation = try #require(entry["conversation"]?.string)
      let found = Result { () throws(TemplateError) in
        try ChatTemplate(source).render(
          messages: oracle.conversations[conversation] ?? .null,
          addGenerationPrompt: true,
          variables: oracle.variables,
          clock: oracle.clock
        )
      }
      switch (found, entry["text"]?.string, entry["error"]?.string) {
      case (.success(let text), let wanted?, nil):
        #expect(
          text.utf8.elementsEqual(wanted.utf8),
          "\(source.debugDescription): \(text.debugDescription), not \(wanted.debugDescription)"
        )
      case (.failure(let error), nil, let type?):
        #expect(error.kind.rawValue == Oracle.synonyms[type] ?? type, "\(source.debugDescription): \(error)")
        #expect(error.line == entry["line"]?.integer, "\(source.debugDescription): \(error)")
        #expect(error.column > 0)
        if type == "TemplateError" || type == "UndefinedError" {
          #expect(error.message == entry["message"]?.string, "\(source.debugDescription): \(error)")
        }
      default:
        Issue.record("\(source.debugDescription): \(found), not \(entry["text"] ?? entry["message"] ?? .null)")
      }
    }
  }
}
