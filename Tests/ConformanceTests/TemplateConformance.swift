import ChatTemplates
import Foundation
import JSON
import TestKit
import Testing

/// How many cases `expected.jsonl` has.
private let caseCount = 640

@Suite(
  "Chat templates against the reference",
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct TemplateConformance {
  private static func folder() throws -> URL {
    try #require(Folders.shared).appendingPathComponent("conformance/templates")
  }

  /// The names of the templates; none where the data are absent, and the suite is skipped then.
  private static let templates: [String] = {
    guard let shared = Folders.shared else { return ["absent"] }
    let folder = shared.appendingPathComponent("conformance/templates/templates")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".jinja") }
      .sorted()
  }()

  private static func cases() throws -> [JSONValue] {
    try Gunzip.contents(of: folder().appendingPathComponent("expected.jsonl")).split(separator: 0x0A).enumerated()
      .map { at, line in try JSONDocument.parse(Array(line), name: "expected.jsonl:\(at + 1)").root }
  }

  @Test("the cases are all there, and each belongs to a template that is tested")
  func complete() throws {
    let cases = try Self.cases()
    #expect(cases.count == caseCount)
    let names = Set(Self.templates)
    #expect(names.count == 36)
    #expect(cases.allSatisfy { $0["template_file"]?.string.map(names.contains) ?? false })
  }

  @Test("a template renders every conversation as the reference does", arguments: templates)
  func render(file: String) throws {
    let folder = try Self.folder()
    let template = try CheckpointTemplate.parse(file: folder.appendingPathComponent("templates/\(file)").path)
    let shared = try JSONDocument.parse(
      Gunzip.contents(of: folder.appendingPathComponent("conversations.json")),
      name: "conversations.json"
    ).root
    let clock = try #require(shared["now"]?.string.flatMap { TemplateClock($0) })
    let cases = try Self.cases().filter { $0["template_file"]?.string == file }
    #expect(!cases.isEmpty)
    for entry in cases {
      let id = try #require(entry["conversation_id"]?.string)
      let name = "\(id), \(entry["add_generation_prompt"] == true ? "with" : "without") generation prompt"
      let found = Result { () throws(TemplateError) in
        try template.render(
          messages: shared["conversations"]?[id] ?? .null,
          addGenerationPrompt: entry["add_generation_prompt"] == true,
          variables: entry["extra_vars"]?.object ?? [:],
          clock: clock
        )
      }
      switch (found, entry["expected"]?.string, entry["error"]?["type"]?.string) {
      case (.success(let text), let wanted?, nil):
        #expect(
          text.utf8.elementsEqual(wanted.utf8),
          "\(name): \(text.debugDescription), not \(wanted.debugDescription)"
        )
      case (.failure(let error), nil, let type?):
        #expect(error.line > 0, "\(name): \(error)")
        guard type == "TemplateError" else { continue }
        let message = try #require(entry["error"]?["message"]?.string)
        #expect(error.kind == .raised && error.message.contains(message), "\(name): \(error), not \(message)")
      default: Issue.record("\(name): \(found), not \(entry["expected"] ?? entry["error"] ?? .null)")
      }
    }
  }
}
