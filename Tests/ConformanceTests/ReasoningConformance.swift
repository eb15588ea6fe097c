import Foundation
import Inference
import JSON
import TestKit
import Testing
import Tokenization

@Suite("Reasoning of real chat templates", .timeLimit(.minutes(10)))
struct ReasoningConformance {
  private static let folder = Folders.shared?.appendingPathComponent("conformance/templates/templates")

  /// Templates whose models think, and the format that each speaks; all others speak none.
  private static let formats: [String: ReasoningFormat] = [
    "openai-gpt-oss-120b": .harmony, "ByteDance-Seed-OSS": .seedThinkTags, "Qwen-Qwen3-0.6B": .thinkTags,
    "HuggingFaceTB-SmolLM3-3B": .thinkTags, "GLM-4.6": .thinkTags, "Qwen-QwQ-32B": .thinkTags,
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": .thinkTags, "deepseek-ai-DeepSeek-V3.1": .thinkTags,
    "NVIDIA-Nemotron-Nano-v2": .thinkTags, "Bielik-11B-v3.0-Instruct": .thinkTags, "LFM2.5-8B-A1B": .thinkTags,
    "ibm-granite-granite-3.3-2B-Instruct": .thinkTags, "llama-cpp-rwkv-world": .thinkTags,
    "poolside-Laguna-XS.2": .thinkTags,
  ]

  private static func source(_ name: String) throws -> String {
    let file = try #require(folder).appendingPathComponent("\(name).jinja")
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test(
    "each template's format is found",
    .enabled(if: folder != nil, "real chat templates skipped because ../shared is absent")
  )
  func formats() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: try #require(Self.folder).path)
    let names = files.filter { $0.hasSuffix(".jinja") }.map { String($0.dropLast(6)) }
    #expect(names.count == 36)
    for name in names {
      #expect(ReasoningFormat.detected(inTemplate: try Self.source(name)) == Self.formats[name] ?? .none, "\(name)")
    }
  }

  struct Case: Sendable {
    let template: String
    var variables: JSONObject = [:]
    /// The end of what the template writes for the answer.
    let opening: String
    /// What the model writes.
    let written: String
    let answer: String
    var reasoning: String?
  }

  @Test(
    "the prompt's end is found and what the model writes after it is told apart; old thoughts stay where templates drop them",
    .enabled(if: folder != nil, "real chat templates skipped because ../shared is absent"),
    arguments: [
      Case(
        template: "Qwen-Qwen3-0.6B",
        opening: "<|im_start|>assistant\n",
        written: "<think>\nMull.\n</think>\n\nGladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
      Case(
        template: "Qwen-Qwen3-0.6B",
        variables: ["enable_thinking": false],
        opening: "<|im_start|>assistant\n<think>\n\n</think>\n\n",
        written: "Gladly.",
        answer: "Gladly."
      ),
      Case(
        template: "HuggingFaceTB-SmolLM3-3B",
        variables: ["enable_thinking": false],
        opening: "<|im_start|>assistant\n<think>\n\n</think>\n",
        written: "Gladly.",
        answer: "Gladly."
      ),
      Case(
        template: "GLM-4.6",
        opening: "<|assistant|>",
        written: "\n<think>Mull.</think>\nGladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
      Case(
        template: "Qwen-QwQ-32B",
        variables: ["enable_thinking": true],
        opening: "<|im_start|>assistant\n<think>\n",
        written: "Mull.\n</think>\n\nGladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
      Case(
        template: "NVIDIA-Nemotron-Nano-v2",
        opening: "<think>\n",
        written: "Mull.\n</think>\n\nGladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
      Case(
        template: "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
        variables: ["enable_thinking": true, "bos_token": "<|bos|>"],
        opening: "<think>\n",
        written: "Mull.\n</think>\n\nGladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
      Case(
        template: "openai-gpt-oss-120b",
        variables: ["reasoning_effort": "low"],
        opening: "<|start|>assistant",
        written: "<|channel|>analysis<|message|>Mull.<|end|><|start|>assistant<|channel|>final<|message|>Gladly.",
        answer: "Gladly.",
        reasoning: "Mull."
      ),
    ]
  )
  func answers(one: Case) async throws {
    let specials = ["<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>"]
    let source = try Self.source(one.template)
    try await Folders.temporary { folder in
      let parrot = try ParrotCheckpoint(
        folder.appendingPathComponent("parrot"),
        speech: [],
        tokens: specials.map { .init($0, isSpecial: true) } + [.init("<think>"), .init("</think>")],
        template: source
      )
      let checkpoint = try LanguageCheckpoint(folder: parrot.folder.path, compute: .f32)
      let conversation = Conversation(checkpoint, ConversationSettings(templateVariables: one.variables))
      let ask = Conversation.Turn(role: "user", text: "May I pull the bell?")
      let prompt = try conversation.prompt([ask])
      #expect(prompt.opening.hasSuffix(one.opening), "\(prompt.opening)")
      let tokenizer = try #require(checkpoint.tokenizer)
      let answer = conversation.answer(tokenizer.encode(one.written), to: prompt)
      #expect(answer.text == one.answer)
      #expect(answer.reasoning == one.reasoning)
      #expect(answer.raw == one.written)
      // A further question: the templates here show no thought of a turn that is over.
      let probe = try conversation.prompt([
        ask, .init(role: "assistant", text: "Gladly.", reasoning: "Bram sleeps."), .init(role: "user", text: "Why?"),
      ])
      let text = try tokenizer.decode(probe.tokens, skipSpecialTokens: false)
      #expect(text.contains("Gladly.") && !text.contains("Bram sleeps."))
    }
  }
}
