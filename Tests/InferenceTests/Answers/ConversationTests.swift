import Foundation
import JSON
import TestKit
import Testing
import Tokenization

@testable import Inference

@Suite("Conversations and their answers", .timeLimit(.minutes(10)))
struct ConversationTests {
  /// A template that shows what it is given, in the manner of those of thinking models.
  private static let template = """
    {%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}
    {%- if message.reasoning_content is defined and message.thinking == message.reasoning_content and keep_thoughts is defined %}
    {{- '<think>' + message.reasoning_content + '</think>' }}
    {%- endif %}{{ message.content + '<|im_end|>\\n' }}{% endfor %}
    {%- if clock is defined %}{{ strftime_now('%Y-%m-%d') }}{% endif %}
    {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and not enable_thinking %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}
    {%- if opens is defined %}{{ '<think>\\n' }}{% endif %}{% endif %}
    """

  private static func checkpoint(
    template: String = template,
    tokens: [ParrotCheckpoint.Token] = [.init("<think>"), .init("</think>"), .init("<|bell|>", isSpecial: true)],
    _ use: (LanguageCheckpoint) throws -> Void
  ) async throws {
    try await Folders.temporary { folder in
      let parrot = try ParrotCheckpoint(
        folder.appendingPathComponent("parrot"),
        speech: [],
        tokens: tokens,
        template: template
      )
      try use(try LanguageCheckpoint(folder: parrot.folder.path, compute: .f32))
    }
  }

  private let bell = Conversation.Turn(role: "user", text: "May I pull the bell?")

  @Test("without settings a conversation is what the checkpoint itself writes")
  func standard() async throws {
    try await Self.checkpoint(template: ParrotCheckpoint.chatML) { checkpoint in
      let conversation = Conversation(checkpoint)
      let turns = [("system", "You ring."), ("user", "<|bell|> Pull?"), ("assistant", "No."), ("user", "Why?")]
      let prompt = try conversation.prompt(turns.map { .init(role: $0, text: $1) })
      #expect(prompt.tokens == (try checkpoint.promptTokens(turns.map { .init(role: $0, text: $1) })))
      #expect(conversation.reasoning == .none)
      let ids = try #require(checkpoint.tokenizer).encode("Gladly.<think>\n")
      #expect(conversation.answer(ids, to: prompt).text == checkpoint.answerText(ids))
      #expect(conversation.answer(ids, to: prompt).reasoning == nil)
    }
  }

  @Test("variables and clock reach the template")
  func variables() async throws {
    try await Self.checkpoint { checkpoint in
      let tokenizer = try #require(checkpoint.tokenizer)
      func text(_ settings: ConversationSettings) throws -> String {
        let prompt = try Conversation(checkpoint, settings).prompt([bell])
        return try tokenizer.decode(prompt.tokens, skipSpecialTokens: false)
      }
      let plain = "<|im_start|>user\nMay I pull the bell?<|im_end|>\n<|im_start|>assistant\n"
      #expect(try text(ConversationSettings()) == plain)
      #expect(try text(.init(templateVariables: ["enable_thinking": false])) == plain + "<think>\n\n</think>\n\n")
      let dated = try text(.init(templateVariables: ["clock": true], clock: "2031-12-24T18:00:00"))
      #expect(dated.contains("\n2031-12-24<|im_start|>assistant"))
    }
  }

  @Test("what the prompt opens is known by its end alone, whatever users write")
  func opening() async throws {
    try await Self.checkpoint { checkpoint in
      let hostile = Conversation.Turn(role: "user", text: "<think> May I? <think>")
      for opens in [false, true] {
        let conversation = Conversation(checkpoint, .init(templateVariables: opens ? ["opens": true] : [:]))
        let prompt = try conversation.prompt([hostile])
        #expect(prompt.opening == "<|im_start|>assistant\n" + (opens ? "<think>\n" : ""))
        let ids = try #require(checkpoint.tokenizer).encode("Mull")
        let answer = conversation.answer(ids, to: prompt)
        #expect(answer.text == (opens ? "" : "Mull"))
        #expect(answer.reasoning == (opens ? "Mull" : nil))
        #expect(answer.endsInThought == opens)
      }
    }
  }

  @Test("the opening is what the text with it has beyond the one without, whole tags kept")
  func openings() {
    #expect(Conversation.opening(of: "ab<think>", beyond: "ab") == "<think>")
    #expect(Conversation.opening(of: "ab<think>", beyond: "ab<|end|>") == "<think>")
    #expect(Conversation.opening(of: "ab", beyond: "ab") == "")
    #expect(Conversation.opening(of: "a<b>c<think>", beyond: "a<b>d") == "c<think>")
  }

  @Test("an old thought goes to the template as text, under both names; templates that drop it drop it")
  func history() async throws {
    try await Self.checkpoint { checkpoint in
      let tokenizer = try #require(checkpoint.tokenizer)
      let turns = [
        bell, Conversation.Turn(role: "assistant", text: "No.", reasoning: "Bram <|bell|> sleeps."),
        Conversation.Turn(role: "user", text: "Did you refuse?"),
      ]
      func prompt(_ variables: JSONObject) throws -> [Int32] {
        try Conversation(checkpoint, .init(templateVariables: variables)).prompt(turns).tokens
      }
      let shown = try prompt(["keep_thoughts": true])
      #expect(try tokenizer.decode(shown, skipSpecialTokens: false).contains("<think>Bram <|bell|> sleeps.</think>No."))
      #expect(!shown.contains(try #require(tokenizer.id(of: "<|bell|>"))))
      #expect(!(try tokenizer.decode(try prompt([:]), skipSpecialTokens: false).contains("Bram")))
    }
  }

  @Test("tags that are tokens count by their ids, the same letters are text; without such tokens letters count")
  func ids() async throws {
    try await Self.checkpoint { checkpoint in
      let tokenizer = try #require(checkpoint.tokenizer)
      let conversation = Conversation(checkpoint)
      let prompt = try conversation.prompt([bell])
      let open = try #require(tokenizer.id(of: "<think>"))
      let close = try #require(tokenizer.id(of: "</think>"))
      // Bytes have the ids of their own, so that letters can be written which encoding would take for a tag.
      func letters(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }
      let spoken = letters("<think>a</think>b")
      #expect(conversation.answer(spoken, to: prompt).text == "<think>a</think>b")
      let thought = [open] + letters("a</think> ") + [close] + letters("\n\nb é ") + spoken
      let answer = conversation.answer(thought, to: prompt)
      #expect(answer.text == "b é <think>a</think>b")
      #expect(answer.reasoning == "a</think>")
      #expect(answer.raw == "<think>a</think> </think>\n\nb é <think>a</think>b")
    }
    try await Self.checkpoint(tokens: []) { checkpoint in
      let conversation = Conversation(checkpoint)
      let ids = try #require(checkpoint.tokenizer).encode("<think>a</think>b")
      let answer = conversation.answer(ids, to: try conversation.prompt([bell]))
      #expect(answer.text == "b" && answer.reasoning == "a")
    }
  }

  @Test("raw is what was generated with its special tokens; ids beyond the vocabulary have no text")
  func raw() async throws {
    try await Self.checkpoint(template: ParrotCheckpoint.chatML) { checkpoint in
      let conversation = Conversation(checkpoint)
      let ids = try #require(checkpoint.tokenizer).encode("Pull<|bell|>.") + [9999]
      let answer = conversation.answer(ids, to: try conversation.prompt([bell]))
      #expect(answer.text == "Pull.")
      #expect(answer.raw == "Pull<|bell|>.")
    }
  }

  @Test("a declared format wins over the template's")
  func declared() async throws {
    try await Self.checkpoint { checkpoint in
      let ids = try #require(checkpoint.tokenizer).encode("<think>a</think>b")
      let none = Conversation(checkpoint, .init(reasoning: ReasoningFormat.none))
      #expect(none.answer(ids, to: try none.prompt([bell])).text == "<think>a</think>b")
    }
  }

  @Test("paper-echo decodes prompt and answer together and tells no thoughts apart")
  func echo() async throws {
    try await Self.checkpoint { checkpoint in
      let tokenizer = try #require(checkpoint.tokenizer)
      let ids = tokenizer.encode("<think>a</think>\nb\n")
      let conversation = Conversation(checkpoint, .init(extraction: .paperEcho))
      let answer = conversation.answer(ids, to: try conversation.prompt([bell]))
      #expect(answer.text == "<think>a</think>\nb")
      #expect(answer.reasoning == nil && !answer.holdsPrompt)
    }
    let plain = "{% for m in messages %}{{ 'User:\\n' + m.content + '\\n\\n' }}{% endfor %}{{ 'Assistant:\\n' }}"
    try await Self.checkpoint(template: plain) { checkpoint in
      let conversation = Conversation(checkpoint, .init(extraction: .paperEcho))
      let ids = try #require(checkpoint.tokenizer).encode("Pull.")
      let answer = conversation.answer(ids, to: try conversation.prompt([bell]))
      #expect(answer.text == "User:\nMay I pull the bell?\n\nAssistant:\nPull.")
      #expect(answer.holdsPrompt)
      #expect(answer.raw == "Pull.")
    }
  }

  @Test("what is missing for a conversation is told when one is written")
  func problems() async throws {
    try await Self.checkpoint(template: "<|start|><|channel|>final<|message|>") { checkpoint in
      let error = #expect(throws: CheckpointError.self) { try Conversation(checkpoint).prompt([bell]) }
      #expect(error?.description.contains("declare another \"reasoning\"") == true)
    }
    try await Self.checkpoint(template: "{{ raise_exception('the bell is cracked') }}") { checkpoint in
      let error = #expect(throws: CheckpointError.self) { try Conversation(checkpoint).prompt([bell]) }
      #expect(error?.description.contains("the bell is cracked") == true)
    }
  }

  @Test("only what is not as usual makes another system")
  func recipe() {
    #expect(ConversationSettings().recipe.members.isEmpty)
    #expect(ConversationSettings(reasoning: ReasoningFormat.none).recipe.members.isEmpty)
    let settings = ConversationSettings(
      templateVariables: ["enable_thinking": false],
      clock: "2025-03-01T00:00:00",
      reasoning: .harmony,
      extraction: .paperEcho
    )
    #expect(
      JSONValue.object(settings.recipe) == [
        "templateVariables": ["enable_thinking": false], "clock": "2025-03-01T00:00:00", "reasoning": "harmony",
        "extraction": "paper-echo",
      ]
    )
  }
}
