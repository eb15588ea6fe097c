import Foundation
import TestKit
import Testing
import Tokenization

@testable import Inference

@Suite("Harmony channels", .timeLimit(.minutes(10)))
struct HarmonyMessagesTests {
  private static let markers = [
    "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|return|>", "<|call|>",
  ]

  /// A tokenizer of bytes with the tokens of the format.
  private static func tokenizer(
    _ markers: [String] = markers,
    _ use: (Tokenizer) throws -> Void
  ) async throws {
    try await Folders.temporary { folder in
      let tokens = markers.map { ParrotCheckpoint.Token($0, isSpecial: true) }
      let checkpoint = try ParrotCheckpoint(folder.appendingPathComponent("harmony"), speech: [], tokens: tokens)
      try use(try Tokenizer(folder: checkpoint.folder.path))
    }
  }

  struct Case: Sendable {
    let text: String
    var opening = "<|start|>assistant"
    let answer: String
    var reasoning: String?
    var endsInThought = false
  }

  @Test(
    "the final channel is the answer, the others are thoughts",
    arguments: [
      Case(
        text:
          "<|channel|>analysis<|message|>The bell is Bram's.<|end|><|start|>assistant<|channel|>final<|message|>Pull twice.",
        answer: "Pull twice.",
        reasoning: "The bell is Bram's."
      ),
      Case(text: "<|channel|>final<|message|> Pull.\n", answer: " Pull.\n"),
      Case(text: "<|message|>Pull.<|end|>", answer: "Pull."),
      // No token of the format: the model answers without it.
      Case(text: "analysis: none. assistantfinal Pull.", answer: "analysis: none. assistantfinal Pull."),
      Case(text: "", answer: ""),
      // Cut inside a thought, inside a header, before the message.
      Case(text: "<|channel|>analysis<|message|>The bell", answer: "", reasoning: "The bell", endsInThought: true),
      Case(text: "<|channel|>anal", answer: "", endsInThought: true),
      Case(
        text: "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>fin",
        answer: "",
        reasoning: "a",
        endsInThought: true
      ),
      // A preamble and a call are no answer.
      Case(
        text: "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>b<|end|>"
          + "<|start|>assistant to=functions.bell<|channel|>commentary <|constrain|>json<|message|>{}<|call|>"
          + "<|start|>assistant<|channel|>final<|message|>Pull.",
        answer: "Pull.",
        reasoning: "a\n\nb\n\n{}"
      ),
      // Others' messages are neither.
      Case(
        text: "<|channel|>final<|message|>Pull.<|end|><|start|>user<|message|>And then?<|end|>"
          + "<|start|>assistant<|channel|>final<|message|>Wait.",
        answer: "Pull.\n\nWait."
      ),
      // An end or a start that was left out.
      Case(
        text: "<|channel|>analysis<|message|>a<|start|>assistant<|channel|>final<|message|>Pull.",
        answer: "Pull.",
        reasoning: "a"
      ),
      Case(
        text: "<|channel|>analysis<|message|>a<|channel|>final<|message|>Pull.",
        answer: "Pull.",
        reasoning: "a"
      ),
      // The prompt has chosen the channel, or begun the text.
      Case(text: "Pull.", opening: "<|start|>assistant<|channel|>final<|message|>", answer: "Pull."),
      Case(
        text: "bell<|end|><|start|>assistant<|channel|>final<|message|>Pull.",
        opening: "<|start|>assistant<|channel|>analysis<|message|>The ",
        answer: "Pull.",
        reasoning: "bell"
      ),
      Case(text: "Pull.", opening: "", answer: "Pull."),
    ]
  )
  func split(one: Case) async throws {
    try await Self.tokenizer { tokenizer in
      let found = try #require(HarmonyMessages(tokenizer))
        .split(tokenizer.encode(one.text), opening: tokenizer.encode(one.opening))
      #expect(found.text == one.answer)
      #expect(found.reasoning == one.reasoning)
      // Without any token of the format a text is an answer, be it empty.
      #expect(found.endsInThought == one.endsInThought)
    }
  }

  @Test("the same letters written by the model are text")
  func letters() async throws {
    try await Self.tokenizer { tokenizer in
      let text = "Write <|channel|>analysis<|message|>a<|end|> yourself."
      let ids =
        tokenizer.encode("<|channel|>final<|message|>") + tokenizer.encode(text, specialsAsText: true)
      let found = try #require(HarmonyMessages(tokenizer)).split(ids, opening: tokenizer.encode("<|start|>assistant"))
      #expect(found.text == text)
      #expect(found.reasoning == nil && !found.endsInThought)
    }
  }

  @Test("a tokenizer without the tokens speaks no harmony")
  func missing() async throws {
    try await Self.tokenizer(["<|start|>", "<|end|>"]) { #expect(HarmonyMessages($0) == nil) }
  }
}
