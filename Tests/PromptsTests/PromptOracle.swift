import Foundation
import JSON
import TestKit
import Testing

/// What other libraries say; made by `Tests/Oracles/prompts/make.py`.
enum PromptOracle {
  static func part(_ name: String) throws -> JSONValue {
    let file = Folders.root.appendingPathComponent("Tests/Oracles/prompts/prompts.json")
    return try #require(try JSONDocument.read(file: file.path).root[name])
  }
}
