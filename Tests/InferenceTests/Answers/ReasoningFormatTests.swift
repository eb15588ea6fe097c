import Foundation
import TestKit
import Testing

@testable import Inference

@Suite("Formats of reasoning", .timeLimit(.minutes(10)))
struct ReasoningFormatTests {
  @Test(
    "the chat template tells the format",
    arguments: [
      ("{{ '<|im_start|>assistant\\n' }}", ReasoningFormat.none),
      ("{{ '<think>\\n\\n</think>\\n\\n' }}", .thinkTags),
      ("{% if '</think>' in content %}{{ '<think>' }}{% endif %}", .thinkTags),
      ("{{ '</think>' }}", .none),
      ("{% set a = '<seed:think>' %}{% set b = '</seed:think>' %}", .seedThinkTags),
      ("[THINK]a[/THINK]", .bracketThinkTags),
      ("<|start|>assistant<|channel|>final<|message|>", .harmony),
      ("<|channel|>analysis<|message|> </think><think>", .harmony),
      ("<|channel|>", .none),
    ]
  )
  func detected(source: String, format: ReasoningFormat) {
    #expect(ReasoningFormat.detected(inTemplate: source) == format)
  }

  @Test("a folder's template is found where checkpoints keep it; without one there is no format")
  func folders() async throws {
    try await Folders.temporary { folder in
      #expect(ReasoningFormat.detected(folder: folder.path) == .none)
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      try write("tokenizer_config.json", #"{"chat_template": "<think></think>"}"#)
      #expect(ReasoningFormat.detected(folder: folder.path) == .thinkTags)
      let named =
        #"{"chat_template": [{"name": "tool", "template": "<think></think>"}, {"name": "default", "template": "x"}]}"#
      try write("tokenizer_config.json", named)
      #expect(ReasoningFormat.detected(folder: folder.path) == .none)
      try write("chat_template.jinja", "<|channel|><|message|>")
      #expect(ReasoningFormat.detected(folder: folder.path) == .harmony)
    }
  }
}

@Suite("Extraction of answers", .timeLimit(.minutes(10)))
struct AnswerExtractionTests {
  @Test(
    "paper-echo keeps what follows the first line that is `assistant`",
    arguments: [
      ("user\nPull the bell?\nassistant\nGladly.", "Gladly.", false),
      ("system\nYou ring.\nuser\nassistant\nassistant\nGladly.\n", "assistant\nGladly.", false),
      ("user\nPull?\n  ASSISTANT\t\n\n Gladly.\nassistant\nTwice.", "Gladly.\nassistant\nTwice.", false),
      ("user\r\nPull?\r\nassistant\r\nGladly.", "Gladly.", false),
      ("Pull the bell?assistant\n\nGladly.", "Pull the bell?assistant\n\nGladly.", true),
      ("\nPull the bell?\nGladly. ", "Pull the bell?\nGladly.", true),
      ("User:\nPull?\n\nAssistant:\nGladly.", "User:\nPull?\n\nAssistant:\nGladly.", true),
      ("user\nPull?\nassistant", "", false),
      ("", "", true),
    ]
  )
  func echo(text: String, answer: String, hasPrompt: Bool) {
    let found = AnswerExtraction.echoCut(text)
    #expect(found.text == answer)
    #expect(found.hasPrompt == hasPrompt)
  }
}
