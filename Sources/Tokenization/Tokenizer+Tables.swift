internal import Hashing

// Tokenizers of vocabularies that came with the weights.
extension Tokenizer {
  /// Makes a tokenizer of a vocabulary's tables.
  /// - Parameter name: stands in errors: the file that the tables are from.
  /// - Throws: ``TokenizerError/badTable(name:problem:)``.
  public init(tables: VocabularyTables, name: String) throws(TokenizerError) {
    let reader = TableReader(tables: tables, name: name)
    try reader.check()
    switch tables.model {
    case "llama": self.init(try reader.scored())
    case "gpt2": self.init(try reader.byteLevel())
    case "bert": self.init(try reader.wordPieces())
    default:
      throw reader.wrong(
        "the vocabulary is of the kind \"\(tables.model)\", which is not supported; supported: llama, gpt2, bert. "
          + "Put the tokenizer.json of the model beside the weights"
      )
    }
  }
}

/// Reads the tables into the parts of a tokenizer.
private struct TableReader {
  let tables: VocabularyTables
  let name: String

  func wrong(_ problem: String) -> TokenizerError { .badTable(name: name, problem: problem) }

  func check() throws(TokenizerError) {
    let count = tables.tokens.count
    guard count > 0, count <= Vocabulary.largestId else { throw wrong("the vocabulary has \(count) tokens") }
    guard tables.types.isEmpty || tables.types.count == count else {
      throw wrong("the vocabulary has \(count) tokens but \(tables.types.count) token types")
    }
    for (what, id) in [("bos", tables.bos), ("eos", tables.eos), ("unknown", tables.unknown)] {
      guard let id, !tables.tokens.indices.contains(id) else { continue }
      throw wrong("the \(what) token id \(id) is outside the vocabulary of \(count) tokens")
    }
  }

  private func type(_ id: Int) -> Int { tables.types.isEmpty ? 1 : tables.types[id] }

  private func vocabulary() -> Vocabulary {
    var vocabulary = Vocabulary(capacity: tables.tokens.count)
    for (id, token) in tables.tokens.enumerated() { vocabulary.add(Array(token.utf8), id: Int32(id)) }
    return vocabulary
  }

  /// Control tokens are special; user-defined ones are cut out of texts too.
  private func added() -> AddedTokens {
    AddedTokens(
      tables.tokens.indices.filter { (2...4).contains(type($0)) && !tables.tokens[$0].isEmpty }.map { id in
        AddedTokens.Entry(
          id: Int32(id),
          content: tables.tokens[id],
          isSpecial: type(id) != 4,
          isNormalized: false,
          stripsLeft: false,
          stripsRight: false,
          isSingleWord: false
        )
      }
    )
  }

  private func postProcessor(bos: Bool, eos: Bool) -> PostProcessor {
    PostProcessor(
      before: tables.addsBOS ?? bos ? [tables.bos].compactMap { $0.map { Int32($0) } } : [],
      after: tables.addsEOS ?? eos ? [tables.eos].compactMap { $0.map { Int32($0) } } : []
    )
  }

  /// The identity of the tables: everything that encoding depends on.
  private var contentHash: String {
    var bytes: [UInt8] = []
    func add(_ text: String) {
      bytes.append(contentsOf: text.utf8)
      bytes.append(0xFF)
    }
    add(tables.model)
    add(tables.pre ?? "")
    for token in tables.tokens { add(token) }
    for score in tables.scores { add(String(score.bitPattern)) }
    for type in tables.types { add(String(type)) }
    for merge in tables.merges { add(merge) }
    add("\([tables.bos, tables.eos, tables.unknown])\([tables.addsBOS, tables.addsEOS, tables.addsSpacePrefix])")
    return SHA256.hex(bytes)
  }

  private func parts(
    normalizer: Normalizer?,
    steps: [PreTokenizer] = [],
    readsBytes: Bool = false,
    model: TokenModel,
    decoder: Decoder,
    postProcessor: PostProcessor
  ) -> Tokenizer.Parts {
    Tokenizer.Parts(
      contentHash: contentHash,
      normalizer: normalizer,
      steps: steps,
      readsBytes: readsBytes,
      model: model,
      decoder: decoder,
      postProcessor: postProcessor,
      added: added()
    )
  }

  // MARK: SentencePiece

  /// The pair whose token has the highest score is merged first, of equal ones the leftmost.
  func scored() throws(TokenizerError) -> Tokenizer.Parts {
    guard tables.scores.count == tables.tokens.count else {
      throw wrong("the vocabulary has \(tables.tokens.count) tokens but \(tables.scores.count) scores")
    }
    guard tables.scores.allSatisfy({ !$0.isNaN }) else { throw wrong("a score of the vocabulary is no number") }
    let vocabulary = vocabulary()
    let levels = Set(tables.scores).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
    var found: [(left: Int32, right: Int32, merge: MergeTable.Merge)] = []
    for (id, token) in tables.tokens.enumerated() where type(id) == 1 || type(id) == 4 {
      let text = Array(token.utf8)
      let rank = ranks[tables.scores[id]] ?? 0
      for at in text.indices.dropFirst() where text[at] & 0xC0 != 0x80 {
        guard let left = vocabulary.id(Array(text[..<at])), let right = vocabulary.id(Array(text[at...])) else {
          continue
        }
        found.append((left, right, MergeTable.Merge(rank: rank, result: Int32(id))))
      }
    }
    var merges = MergeTable(capacity: found.count)
    for entry in found { merges.set(entry.left, entry.right, entry.merge) }
    let options = BPE.Options(
      unknown: tables.unknown.map { Int32($0) },
      fusesUnknown: true,
      hasByteFallback: true
    )
    let addsSpace = tables.addsSpacePrefix ?? true
    let mark = Array("\u{2581}".utf8)
    let marking = Normalizer.replace(.literal([0x20], with: mark))
    let unmarking = Decoder.replace(.literal(mark, with: [0x20]))
    let stripping: [Decoder] = addsSpace ? [.strip(" ", start: 1, stop: 0)] : []
    return parts(
      normalizer: addsSpace ? .sequence([.prepend(mark), marking]) : marking,
      model: .bpe(BPE(vocabulary: vocabulary, merges: merges, options: options, readsBytes: false)),
      decoder: .sequence([unmarking, .byteFallback, .fuse] + stripping),
      postProcessor: postProcessor(bos: true, eos: false)
    )
  }

  // MARK: Byte-level BPE

  func byteLevel() throws(TokenizerError) -> Tokenizer.Parts {
    let word = tables.pre ?? "default"
    guard let splitter = NamedSplitter(word) else {
      throw wrong(
        "the splitter \"\(word)\" (tokenizer.ggml.pre) is not known; known: \(NamedSplitter.names.joined(separator: ", ")). "
          + "Put the tokenizer.json of the model beside the weights"
      )
    }
    var steps: [PreTokenizer] = []
    for source in splitter.patterns {
      do { steps.append(.split(SplitStep(.pattern(try SplitPattern(source)), .isolated))) } catch {
        throw wrong("the splitter \"\(word)\": \(error.text)")
      }
    }
    steps.append(.byteLevel(addsSpace: false, splits: false))
    let vocabulary = vocabulary()
    var merges = MergeTable(capacity: tables.merges.count)
    for (rank, text) in tables.merges.enumerated() {
      let pair = Array(text.utf8).split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      guard pair.count == 2, let left = vocabulary.id(pair[0]), let right = vocabulary.id(pair[1]),
        let result = vocabulary.id(pair[0] + pair[1])
      else { throw wrong("merge \(rank), \"\(text)\": it is no pair of tokens, or what they merge to is no token") }
      merges.set(left, right, MergeTable.Merge(rank: Int32(rank), result: result))
    }
    let options = BPE.Options(
      unknown: tables.unknown.map { Int32($0) },
      ignoresMerges: splitter.ignoresMerges
    )
    return parts(
      normalizer: splitter.composes ? .form(NormalForm(isCompatible: false, composes: true)) : nil,
      steps: steps,
      readsBytes: true,
      model: .bpe(BPE(vocabulary: vocabulary, merges: merges, options: options, readsBytes: true)),
      decoder: .byteLevel(ByteAlphabet()),
      postProcessor: postProcessor(bos: false, eos: false)
    )
  }

  // MARK: Word pieces

  /// In these tables it is the beginnings of words that are marked, with U+2581, and not their continuations.
  func wordPieces() throws(TokenizerError) -> Tokenizer.Parts {
    let mark = Array("\u{2581}".utf8)
    let prefix = Array("##".utf8)
    var vocabulary = Vocabulary(capacity: tables.tokens.count)
    for (id, token) in tables.tokens.enumerated() {
      let text = Array(token.utf8)
      let isPlain = (2...4).contains(type(id))
      vocabulary.add(
        isPlain ? text : text.starts(with: mark) ? Array(text.dropFirst(mark.count)) : prefix + text,
        id: Int32(id)
      )
    }
    let punctuation = SplitStep(.scalars(bits: ScalarBits.punctuation, withPunctuation: true), .isolated)
    return parts(
      normalizer: .bert(BertCleaning()),
      steps: [
        .split(SplitStep(.scalars(bits: ScalarBits.space, withPunctuation: false), .removed)), .split(punctuation),
      ],
      model: .wordPiece(WordPiece(vocabulary: vocabulary, unknown: tables.unknown.map { Int32($0) }, prefix: prefix)),
      decoder: .wordPiece(prefix: prefix, cleansUp: true),
      postProcessor: postProcessor(bos: true, eos: true)
    )
  }
}
