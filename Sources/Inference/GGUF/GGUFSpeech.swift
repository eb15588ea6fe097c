internal import ChatTemplates
internal import Hashing
internal import JSON
internal import Tensors
internal import Tokenization

/// How the model of a GGUF file speaks: its vocabulary as a tokenizer, its chat template and what the template names.
struct GGUFSpeech {
  private let vocabulary: GGUFVocabulary
  private let path: String

  init(_ vocabulary: GGUFVocabulary, path: String) {
    self.vocabulary = vocabulary
    self.path = path
  }

  /// Of a file; nil where it has no vocabulary.
  init?(path: String) throws(TensorError) {
    guard let vocabulary = try GGUFVocabulary(GGUFFile(path: path)) else { return nil }
    self.init(vocabulary, path: path)
  }

  func tokenizer() throws(TokenizerError) -> Tokenizer {
    try Tokenizer(
      tables: VocabularyTables(
        model: vocabulary.model,
        pre: vocabulary.pre,
        tokens: vocabulary.tokens,
        scores: vocabulary.scores,
        types: vocabulary.types.map { Int($0.rawValue) },
        merges: vocabulary.merges,
        bos: vocabulary.specialIDs["bos"],
        eos: vocabulary.specialIDs["eos"],
        unknown: vocabulary.specialIDs["unknown"],
        addsBOS: vocabulary.addsBOS,
        addsEOS: vocabulary.addsEOS,
        addsSpacePrefix: vocabulary.addsSpacePrefix
      ),
      name: path
    )
  }

  /// The template and the special tokens it may name; nil where the file has none.
  func template() throws(TemplateError) -> (template: ChatTemplate, variables: JSONObject)? {
    guard let source = vocabulary.chatTemplate else { return nil }
    var variables: JSONObject = [:]
    for (word, variable) in [
      ("bos", "bos_token"), ("eos", "eos_token"), ("padding", "pad_token"), ("unknown", "unk_token"),
    ] {
      if let id = vocabulary.specialIDs[word] { variables[variable] = .string(vocabulary.tokens[id]) }
    }
    return (try ChatTemplate(source), variables)
  }

  var templateSource: String? { vocabulary.chatTemplate }
  /// Ids that end an answer: of sequence, turn and message.
  var stopTokens: Set<Int32> { Set(vocabulary.stopIDs.compactMap { Int32(exactly: $0) }) }
}
