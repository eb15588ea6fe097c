public import Foundation

/// Writes a checkpoint that says what it was told to say: a Llama of one layer without any weight in it, whose head leads from
/// each token to the next. Its tokenizer knows all bytes and the tokens it is given.
public struct ParrotCheckpoint {
  /// The folder.
  public let folder: URL

  /// A token besides the bytes.
  public struct Token {
    let text: String
    let isSpecial: Bool

    /// A token; one that is not special is seen in any text.
    public init(_ text: String, isSpecial: Bool = false) {
      self.text = text
      self.isSpecial = isSpecial
    }
  }

  /// Ids of added tokens begin here.
  public static let firstID: Int32 = 256
  private static let headSize = 16

  /// Writes the files.
  /// - Parameters:
  ///   - speech: the answer's tokens, each once, all among `tokens`; they follow a prompt that ends with a line end, and the
  ///     token `<|im_end|>`, which is always there, follows them.
  ///   - template: the chat template.
  public init(
    _ folder: URL,
    speech: [String],
    tokens: [Token],
    template: String = Self.chatML
  ) throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let all = [Token("<|im_start|>", isSpecial: true), Token("<|im_end|>", isSpecial: true)] + tokens
    let size = Int(Self.firstID) + all.count
    let width = (size + 63) / 64 * 64
    func id(_ text: String) throws -> Int {
      guard let at = all.firstIndex(where: { $0.text == text }) else { throw Failure() }
      return Int(Self.firstID) + at
    }
    let end = Int(Self.firstID) + 1
    var next = [Int](repeating: end, count: size)
    var last = 0x0A
    for text in speech {
      next[last] = try id(text)
      last = next[last]
    }
    try write(
      "config.json",
      [
        "model_type": "llama", "vocab_size": size, "hidden_size": width, "intermediate_size": Self.headSize,
        "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": Self.headSize,
        "hidden_act": "silu", "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
        "tie_word_embeddings": false, "eos_token_id": end, "torch_dtype": "float32",
      ]
    )
    try write("tokenizer_config.json", ["chat_template": template, "eos_token": "<|im_end|>"])
    try write("tokenizer.json", Self.tokenizer(all))
    try weights(next, width)
  }

  /// What most of the models that think have: a conversation in ChatML.
  public static let chatML = """
    {%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}
    {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
    """

  private struct Failure: Error {}

  private func write(_ name: String, _ object: [String: Any]) throws {
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    try data.write(to: folder.appendingPathComponent(name))
  }

  private static func tokenizer(_ added: [Token]) -> [String: Any] {
    // The letters that stand for bytes in a byte-level vocabulary: printable ones for themselves, the others from U+0100 on.
    var vocabulary: [String: Int] = [:]
    var shifted: UInt32 = 0x100
    for byte in UInt32(0)...255 {
      let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
      let scalar = Unicode.Scalar(isPrintable ? byte : shifted)
      if !isPrintable { shifted += 1 }
      if let scalar { vocabulary[String(Character(scalar))] = Int(byte) }
    }
    let level: [String: Any] = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false,
    ]
    return [
      "version": "1.0", "normalizer": NSNull(), "pre_tokenizer": level, "post_processor": NSNull(), "decoder": level,
      "added_tokens": added.enumerated().map { at, token -> [String: Any] in
        [
          "id": Int(firstID) + at, "content": token.text, "special": token.isSpecial, "normalized": false,
          "lstrip": false, "rstrip": false, "single_word": false,
        ]
      },
      "model": ["type": "BPE", "vocab": vocabulary, "merges": [String]()] as [String: Any],
    ]
  }

  private func weights(_ next: [Int], _ width: Int) throws {
    let size = next.count
    var embedding = [Float](repeating: 0, count: size * width)
    var head = embedding
    for token in 0..<size {
      embedding[token * width + token] = 1
      head[next[token] * width + token] = 1
    }
    let layer = "model.layers.0."
    let (thin, ones) = ([Float](repeating: 0, count: Self.headSize * width), [Float](repeating: 1, count: width))
    let inward = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.up_proj"]
    let outward = ["self_attn.o_proj", "mlp.down_proj"]
    var tensors: [(name: String, shape: [Int], values: [Float])] = [
      ("model.embed_tokens.weight", [size, width], embedding), ("lm_head.weight", [size, width], head),
      ("model.norm.weight", [width], ones), (layer + "input_layernorm.weight", [width], ones),
      (layer + "post_attention_layernorm.weight", [width], ones),
    ]
    tensors += inward.map { (layer + $0 + ".weight", [Self.headSize, width], thin) }
    tensors += outward.map { (layer + $0 + ".weight", [width, Self.headSize], thin) }
    var header: [String: Any] = [:]
    var body = Data()
    for tensor in tensors {
      let start = body.count
      tensor.values.withUnsafeBytes { body.append(contentsOf: $0) }
      header[tensor.name] =
        ["dtype": "F32", "shape": tensor.shape, "data_offsets": [start, body.count]] as [String: Any]
    }
    var head64 = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
    while !head64.count.isMultiple(of: 8) { head64.append(0x20) }
    var file = withUnsafeBytes(of: UInt64(head64.count).littleEndian) { Data($0) }
    file.append(head64)
    file.append(body)
    try file.write(to: folder.appendingPathComponent("model.safetensors"))
  }
}
