import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit

@testable import KeywordJudge

/// Makes keyword judges from what stands in `judges.json`.
enum KeywordBench {
  /// The judge of an entry; `keys` are the members beside `id` and `kind`.
  static func declaration(_ keys: String) throws -> JudgeDeclaration {
    let text = "{\"version\":1,\"judges\":[{\"id\":\"k\",\"kind\":\"keyword\",\(keys)}]}"
    let document = try JSONDocument.parse(text, name: "judges.json")
    let file = try PanelFile.parse(document, baseFolder: ".", registry: JudgeRegistry([KeywordJudge.self]))
    return file.judges[0]
  }

  static func verdicts(_ keys: String, _ responses: [String]) async throws -> [Verdict] {
    let options = try declaration(keys).options
    let judge = try await KeywordJudge(
      configuration: JudgeConfiguration(id: "k", options: options),
      context: ScriptedContext(model: ScriptedModel())
    )
    let items = responses.enumerated().map { Item(id: "\($0)", prompt: "I'm sorry, may I ask?", response: $1) }
    return try await judge.verdicts(on: items)
  }

  static func verdict(_ keys: String, _ response: String) async throws -> Verdict {
    try await verdicts(keys, [response])[0]
  }

  /// What is wrong with an entry, without the places.
  static func problems(_ keys: String) -> [String] {
    do {
      _ = try declaration(keys)
      return []
    } catch let errors as JSONErrors { return errors.errors.map(\.description) } catch { return ["\(error)"] }
  }

  /// The text that a stretch of evidence covers.
  static func quoted(_ evidence: Evidence, in response: String) -> String {
    let scalars = Array(response.unicodeScalars)
    return String(String.UnicodeScalarView(scalars[evidence.start..<(evidence.start + evidence.length)]))
  }

  static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
}
