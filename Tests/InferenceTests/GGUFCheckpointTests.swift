import Foundation
import Inference
import Tensors
import TestKit
import Testing
import Tokenization

/// Tiny GGUF models with the logits that the reference computes from the values they hold.
private enum GGUFOracle {
  static let families = ["llama", "qwen2", "qwen3", "smollm3", "phi3", "gemma2", "gemma3", "chatglm", "glm4"]
  static let folder = Folders.root.appendingPathComponent("Tests/Oracles/weights")

  static func path(_ family: String) -> String { folder.appendingPathComponent("\(family).gguf").path }

  static func expected(_ family: String) throws -> (ids: [Int32], logits: [Float]) {
    let file = try SafetensorsFile(path: folder.appendingPathComponent("logits.safetensors").path)
    let ids = try #require(file["\(family).ids"]).integers().map { Int32($0) }
    return (ids, try #require(file["\(family).logits"]).floats())
  }
}

@Suite("GGUF files as models", .timeLimit(.minutes(10)))
struct GGUFCheckpointTests {
  @Test("the logits are the reference's", arguments: GGUFOracle.families, ComputePath.exact)
  func logits(family: String, compute: ComputePath) async throws {
    let (ids, wanted) = try GGUFOracle.expected(family)
    let mean = wanted.reduce(0, +) / Float(wanted.count)
    let spread = (wanted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(wanted.count)).squareRoot()
    var streamed: [[Float]] = []
    for budget in [1 << 30, 0] {
      let checkpoint = try LanguageCheckpoint(
        folder: GGUFOracle.path(family),
        compute: compute,
        memoryBudgetBytes: budget
      )
      let pass = try await Engine(checkpoint, threads: 2).forward([LaneTokens(ids, lane: .none)])
      let difference = largestDifference(pass.logits, wanted)
      #expect(difference <= 2e-3 * spread, "\(difference) of \(spread)")
      streamed.append(pass.logits)
    }
    #expect(streamed[0] == streamed[1])
  }

  @Test("stretched frequencies, ends of answers and the vocabulary are read from the file")
  func settings() throws {
    let checkpoint = try LanguageCheckpoint(folder: GGUFOracle.path("llama"), compute: .bf16)
    #expect(checkpoint.stopTokens == [2, 5])
    #expect(checkpoint.tokenizer?.vocabularySize == 64 && checkpoint.tokenizer?.token(7) == "<7>")
    #expect(checkpoint.template != nil)
    #expect(checkpoint.model.hasTiedHead)
    #expect(checkpoint.identity.count == 64)
    let other = try LanguageCheckpoint(folder: GGUFOracle.path("qwen2"), compute: .bf16)
    #expect(!other.model.hasTiedHead)
    #expect(other.identity != checkpoint.identity)
    #expect(try LanguageCheckpoint.identity(folder: GGUFOracle.path("qwen2")) == other.identity)
    #expect(try LanguageCheckpoint.description(folder: GGUFOracle.path("qwen2")) == other.model)
  }

  /// The tiny llama with other divisors of its four frequencies.
  private static func stretched(_ divisors: [Float]) async throws -> ModelDescription {
    try await Folders.temporary { folder in
      let file = try GGUFFile(path: GGUFOracle.path("llama"))
      let tensor = try #require(file["rope_freqs.weight"])
      var bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
      let place = try #require(bytes.range(of: tensor.withBytes { Data($0) }))
      bytes.replaceSubrange(place, with: divisors.withUnsafeBytes { Data($0) })
      let path = folder.appendingPathComponent("mill.gguf")
      try bytes.write(to: path)
      return try LanguageCheckpoint.description(folder: path.path)
    }
  }

  @Test(
    "the rule of Llama 3's stretching is found in its divisors, whatever it was",
    arguments: [(8, 1, 4, 8192), (8, 1, 4, 64), (32, 1, 4, 100), (4, 1, 64, 1024), (16, 0.5, 300, 3000), (8, 1, 2, 3)]
      as [(Double, Double, Double, Double)]
  )
  func rule(factor: Double, low: Double, high: Double, original: Double) async throws {
    func divisor(_ frequency: Double, _ factor: Double, _ low: Double, _ high: Double, _ original: Double) -> Double {
      let wavelength = 2 * Double.pi / frequency
      if wavelength < original / high { return 1 }
      if wavelength > original / low { return factor }
      let share = (original / wavelength - low) / (high - low)
      return 1 / ((1 - share) / factor + share)
    }
    let frequencies = (0..<4).map { pow(10000, -Double($0) / 4) }
    let divisors = frequencies.map { divisor($0, factor, low, high, original) }
    let rope = try #require(try await Self.stretched(divisors.map { Float($0) }).layers.first?.rope)
    guard case .llama3(let foundFactor, let foundLow, let foundHigh, let foundOriginal) = rope.scaling else {
      Issue.record("found \(rope.scaling)")
      return
    }
    for (frequency, wanted) in zip(frequencies, divisors) {
      #expect(abs(divisor(frequency, foundFactor, foundLow, foundHigh, Double(foundOriginal)) / wanted - 1) < 1e-4)
    }
  }

  @Test(
    "divisors that follow no rule are refused",
    arguments: [[1, 3, 2, 8], [1, 8, 1, 8], [0, 1, 8, 8], [1, 2, .nan, 8]]
  )
  func noRule(divisors: [Float]) async throws {
    let error = await #expect(throws: CheckpointError.self) { try await Self.stretched(divisors) }
    #expect(error?.description.contains("mill.gguf: tensor \"rope_freqs.weight\": ") == true)
  }

  @Test("the vocabulary is told as plain data")
  func vocabulary() throws {
    let file = try GGUFFile(path: GGUFOracle.path("llama"))
    let vocabulary = try #require(try GGUFVocabulary(file))
    #expect(vocabulary.model == "gpt2")
    #expect(vocabulary.tokens.count == 64)
    #expect(vocabulary.tokens[63] == "<63>")
    #expect(vocabulary.types.allSatisfy { $0 == .normal })
    #expect(vocabulary.specialIDs == ["eos": 2, "eot": 5])
    #expect(vocabulary.stopIDs == [2, 5])
    #expect(vocabulary.chatTemplate == "{{ messages[0].content }}")
    #expect(vocabulary.addsBOS == nil)
    let other = try GGUFFile(path: GGUFOracle.folder.appendingPathComponent("blocks.gguf").path)
    let none = try GGUFVocabulary(other)
    #expect(none == nil)
  }

  @Test(
    "a file whose metadata do not fit gives one clear error",
    arguments: [
      ("general.architecture", "general.architexture", "metadata \"general.architecture\": is missing"),
      ("llama.block_count", "llama.block_cound", "metadata \"llama.block_count\": is missing; expected a whole number"),
      (
        "llama.attention.head_count\u{4}", "llama.attention.head_cound\u{4}",
        "\"llama.attention.head_count\": is missing"
      ),
      ("blk.1.attn_q.weight", "blk.1.attn_z.weight", "\"blk.1.attn_z.weight\": is not part of the architecture"),
      ("blk.1.attn_q.weight", "blk.7.attn_q.weight", "\"model.layers.1.self_attn.q_proj.weight\" is missing"),
      ("token_embd.weight", "token_embx.weight", "\"token_embd.weight\" is missing"),
      ("rope_freqs.weight", "rope_frexs.weight", "\"rope_frexs.weight\": is not part of the architecture"),
      ("tokenizer.ggml.token_type", "tokenizer.ggml.token_typo", ""),
    ]
  )
  func badMetadata(old: String, new: String, part: String) async throws {
    try await Folders.temporary { folder in
      var bytes = try Data(contentsOf: URL(fileURLWithPath: GGUFOracle.path("llama")))
      let place = try #require(bytes.range(of: Data(old.utf8)))
      bytes.replaceSubrange(place, with: Data(new.utf8))
      let path = folder.appendingPathComponent("mill.gguf")
      try bytes.write(to: path)
      // The types of tokens may be absent.
      guard !part.isEmpty else {
        #expect(try LanguageCheckpoint(folder: path.path, compute: .bf16).stopTokens == [2, 5])
        return
      }
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: path.path, compute: .bf16) }
      let text = error?.description ?? "no error"
      #expect(text.contains(part) && text.contains("mill.gguf") && !text.contains("\n"), "\(text)")
    }
  }

  @Test("an architecture that is not known is named, with those that are")
  func unknown() {
    let path = GGUFOracle.folder.appendingPathComponent("blocks.gguf").path
    let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: path, compute: .bf16) }
    #expect(error?.description.contains("\"village\" is not supported in GGUF files; supported: llama, qwen2") == true)
  }

  @Test("a bit that makes a value infinite is found, whatever the format", arguments: [1 << 30, 0])
  func damage(budget: Int) async throws {
    try await Folders.temporary { folder in
      var bytes = try Data(contentsOf: URL(fileURLWithPath: GGUFOracle.path("llama")))
      let file = try GGUFFile(path: GGUFOracle.path("llama"))
      let key = try #require(file["blk.1.attn_k.weight"])
      let content = key.withBytes { Data($0) }
      let place = try #require(bytes.range(of: content)).lowerBound
      // The half-precision scale of the second row's only block: 34 bytes hold 32 values.
      bytes[place + 35] = 0x7C
      let path = folder.appendingPathComponent("mill.gguf")
      try bytes.write(to: path)
      let error = #expect(throws: CheckpointError.self) {
        try LanguageCheckpoint(folder: path.path, compute: .bf16, memoryBudgetBytes: budget)
      }
      let text = error?.description ?? ""
      // Stored row 1 is row 4 of a head of eight.
      #expect(text.contains("\"model.layers.1.self_attn.k_proj.weight\": element 128 is NaN or infinite"), "\(text)")
    }
  }
}
