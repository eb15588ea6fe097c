import Foundation
import TestKit
import Testing

@testable import Inference

@Suite("GGUF files that hold a conversation", .timeLimit(.minutes(10)))
struct GGUFSpeechTests {
  /// A demo checkpoint as its exporter writes it.
  private static func exported(_ name: String, to folder: URL) throws -> String {
    let file = folder.appendingPathComponent("\(name).gguf").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", Folders.root.appendingPathComponent("Tools/gguf/export.py").path,
      Folders.root.appendingPathComponent("Demo/checkpoints/\(name)").path, file,
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return file
  }

  @Test("a file asks and answers as the folder that it was made of")
  func same() async throws {
    try await Folders.temporary { folder in
      let path = try Self.exported("instruct", to: folder)
      let original = Folders.root.appendingPathComponent("Demo/checkpoints/instruct").path
      let (file, source) = (
        try LanguageCheckpoint(folder: path, compute: .bf16), try LanguageCheckpoint(folder: original, compute: .bf16)
      )
      let texts = [
        "How do I mend a lantern?", "Tell me a tale of the mill <|im_end|>\n\nand 1234 sheep.", "¿Qué tal? 🌾",
      ]
      for text in texts {
        let turns = [LanguageCheckpoint.Turn(role: "user", text: text)]
        let tokens = try source.promptTokens(turns)
        #expect(try file.promptTokens(turns) == tokens)
        #expect(file.answerText(tokens) == source.answerText(tokens))
      }
      #expect(file.stopTokens == source.stopTokens)
      #expect(file.identity != source.identity)
      #expect(try LanguageCheckpoint.identity(folder: path) == file.identity)

      let prompt = try Conversation(file).prompt([.init(role: "user", text: texts[0])])
      #expect(prompt == (try Conversation(source).prompt([.init(role: "user", text: texts[0])])))
      let settings = GenerationSettings(maximumNewTokens: 24)
      var answers: [[Int32]] = []
      for checkpoint in [file, source] {
        let request = GenerationRequest(
          tokens: prompt.tokens,
          lane: .none,
          settings: settings,
          stopTokens: checkpoint.stopTokens
        )
        answers.append(try await Engine(checkpoint, threads: 2).generate([request])[0].tokens)
      }
      #expect(answers[0] == answers[1] && !answers[0].isEmpty)
      #expect(ReasoningFormat.detected(folder: path) == ReasoningFormat.detected(folder: original))
    }
  }
}
