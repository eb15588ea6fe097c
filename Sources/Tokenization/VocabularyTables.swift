/// The vocabulary that a GGUF file carries (`tokenizer.ggml.*`), as plain data.
public struct VocabularyTables: Sendable {
  /// `tokenizer.ggml.model`: `llama` (SentencePiece's merges by score), `gpt2` (byte-level BPE) or `bert` (word pieces).
  public var model: String
  /// `tokenizer.ggml.pre`: the name of the splitter of byte-level BPE; nil is taken for `default`.
  public var pre: String?
  /// The texts by id.
  public var tokens: [String]
  /// The scores by id; only `llama` needs them, the highest merges first.
  public var scores: [Float]
  /// The kinds by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; empty means all normal.
  public var types: [Int]
  /// The merges of `gpt2` in their order, as `"a b"`.
  public var merges: [String]
  /// The id put before a text.
  public var bos: Int?
  /// The id put behind a text.
  public var eos: Int?
  /// The id of what is not in the vocabulary.
  public var unknown: Int?
  /// Whether ``bos`` is put before a text; nil is the model's custom: only `llama` and `bert` do.
  public var addsBOS: Bool?
  /// Whether ``eos`` is put behind a text; nil is the model's custom: only `bert` does.
  public var addsEOS: Bool?
  /// Whether a space is put before a text of `llama`; nil is yes.
  public var addsSpacePrefix: Bool?

  /// Makes tables; what is not named is absent.
  public init(
    model: String,
    pre: String? = nil,
    tokens: [String],
    scores: [Float] = [],
    types: [Int] = [],
    merges: [String] = [],
    bos: Int? = nil,
    eos: Int? = nil,
    unknown: Int? = nil,
    addsBOS: Bool? = nil,
    addsEOS: Bool? = nil,
    addsSpacePrefix: Bool? = nil
  ) {
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.scores = scores
    self.types = types
    self.merges = merges
    self.bos = bos
    self.eos = eos
    self.unknown = unknown
    self.addsBOS = addsBOS
    self.addsEOS = addsEOS
    self.addsSpacePrefix = addsSpacePrefix
  }
}

/// The splitters of byte-level BPE by the names that GGUF files call them.
struct NamedSplitter: Sendable {
  /// One pattern cuts what the one before it left.
  let patterns: [String]
  /// A piece that is a token is not merged.
  var ignoresMerges = false
  /// Text is composed first (NFC).
  var composes = false

  private static let words =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// The words of Llama 3 with so many digits at a time.
  private static func wordsAndLines(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The words of o200k: capitals begin a word.
  private static func casedWords(contractions: String, digits: String) -> String {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    return #"[^\r\n\p{L}\p{N}]?"# + upper + "*" + lower + "+" + contractions + #"|[^\r\n\p{L}\p{N}]?"# + upper + "+"
      + lower
      + "*" + contractions + "|" + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// All names, for the error that lists them.
  static let names: [String] = [
    "chatglm-bpe", "command-r", "default", "deepseek-v3", "exaone", "falcon3", "glm4", "gpt-2", "gpt-4o", "llama-bpe",
    "llama-v3", "llama3", "llama4", "mpt", "olmo", "phi-2", "qwen2", "refact", "smollm", "stablelm2", "starcoder",
    "tekken",
  ]

  /// The splitter of a name.
  init?(_ name: String) {
    switch name {
    case "gpt-2", "mpt", "olmo", "phi-2": patterns = [Self.words]
    case "smollm", "starcoder", "refact", "command-r", "exaone": patterns = [#"\p{N}"#, Self.words]
    case "llama-bpe", "llama3", "llama-v3", "falcon3":
      patterns = [Self.wordsAndLines(digits: #"\p{N}{1,3}"#)]
      ignoresMerges = true
    case "glm4", "chatglm-bpe": patterns = [Self.wordsAndLines(digits: #"\p{N}{1,3}"#)]
    case "qwen2", "stablelm2":
      patterns = [Self.wordsAndLines(digits: #"\p{N}"#)]
      composes = name == "qwen2"
    case "gpt-4o", "llama4":
      patterns = [Self.casedWords(contractions: "(?i:'s|'t|'re|'ve|'m|'ll|'d)?", digits: #"\p{N}{1,3}"#)]
    case "tekken":
      patterns = [Self.casedWords(contractions: "", digits: #"\p{N}"#)]
      ignoresMerges = true
    case "deepseek-v3":
      patterns = [
        #"\p{N}{1,3}"#, "[一-龥぀-ゟ゠-ヿ]+",
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
      ]
    case "default": patterns = [#"[\p{P}\$\+<=>\^~\|]+"#, Self.words, #"\p{N}+"#, "[0-9][0-9][0-9]"]
    default: return nil
    }
  }
}
