import Testing
import Tokenization

@Suite("Vocabularies as tables", .timeLimit(.minutes(10)))
struct VocabularyTablesTests {
  private static let scored = VocabularyTables(
    model: "llama",
    tokens: ["<unk>", "<s>", "</s>", "<0xC3>", "<0xA9>", "\u{2581}", "b", "e", "be", "\u{2581}be", "ee", "bee"],
    scores: [0, 0, 0, 0, 0, -9, -9, -9, -3, -1, -2, -4],
    types: [2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 1, 1],
    bos: 1,
    eos: 2,
    unknown: 0
  )

  @Test("pairs merge by score, spaces are marked, unknown characters fall back to bytes")
  func scoredMerges() throws {
    let tokenizer = try Tokenizer(tables: Self.scored, name: "bees.gguf")
    // "ee" (-2) before "be" (-3); "bee" (-4) of the rest.
    #expect(tokenizer.encode("bee").map { tokenizer.token($0) } == ["\u{2581}", "bee"])
    #expect(tokenizer.encode("be", addSpecialTokens: true).map { tokenizer.token($0) } == ["<s>", "\u{2581}be"])
    #expect(tokenizer.encode("é").map { tokenizer.token($0) } == ["\u{2581}", "<0xC3>", "<0xA9>"])
    #expect(tokenizer.encode("b<s>", specialsAsText: false).last == 1)
    #expect(try tokenizer.decode(tokenizer.encode("bee é be"), skipSpecialTokens: true) == "bee é be")
    var tables = Self.scored
    tables.addsSpacePrefix = false
    tables.addsBOS = false
    tables.addsEOS = true
    let plain = try Tokenizer(tables: tables, name: "bees.gguf")
    #expect(plain.encode("be", addSpecialTokens: true).map { plain.token($0) } == ["be", "</s>"])
    #expect(plain.contentHash != tokenizer.contentHash)
  }

  @Test(
    "byte-level merges split as the named splitter says",
    arguments: [("gpt-2", ["12"]), ("smollm", ["1", "2"]), ("qwen2", ["1", "2"])]
  )
  func byteLevel(pre: String, wanted: [String]) throws {
    let tables = VocabularyTables(model: "gpt2", pre: pre, tokens: ["1", "2", "12"], merges: ["1 2"])
    let tokenizer = try Tokenizer(tables: tables, name: "numbers.gguf")
    #expect(tokenizer.encode("12").map { tokenizer.token($0) } == wanted)
  }

  @Test("word pieces know the beginnings of words by their mark")
  func wordPieces() throws {
    let tables = VocabularyTables(
      model: "bert",
      tokens: ["[UNK]", "[CLS]", "[SEP]", "\u{2581}honey", "comb", "\u{2581}."],
      types: [2, 3, 3, 1, 1, 1],
      bos: 1,
      eos: 2,
      unknown: 0
    )
    let tokenizer = try Tokenizer(tables: tables, name: "words.gguf")
    #expect(tokenizer.encode("Honeycomb. wax", addSpecialTokens: true) == [1, 3, 4, 5, 0, 2])
  }

  @Test("every splitter's pattern can be read")
  func splitters() throws {
    let names = [
      "chatglm-bpe", "command-r", "deepseek-v3", "default", "exaone", "falcon3", "glm4", "gpt-4o", "llama-bpe",
      "llama-v3",
      "llama3", "llama4", "mpt", "olmo", "phi-2", "refact", "stablelm2", "starcoder", "tekken",
    ]
    for name in names {
      let tables = VocabularyTables(model: "gpt2", pre: name, tokens: ["a", "b"])
      #expect(try Tokenizer(tables: tables, name: "x").encode("ab") == [0, 1], "\(name)")
    }
  }

  @Test(
    "tables that contradict themselves are refused with the file's name",
    arguments: [
      (VocabularyTables(model: "t5", tokens: ["a"]), "of the kind \"t5\""),
      (VocabularyTables(model: "gpt2", pre: "odd", tokens: ["a"]), "the splitter \"odd\""),
      (VocabularyTables(model: "gpt2", tokens: []), "has 0 tokens"),
      (VocabularyTables(model: "gpt2", pre: "gpt-2", tokens: ["a"], merges: ["a q"]), "merge 0, \"a q\""),
      (VocabularyTables(model: "gpt2", pre: "gpt-2", tokens: ["a"], merges: ["a"]), "merge 0, \"a\""),
      (VocabularyTables(model: "llama", tokens: ["a"]), "1 tokens but 0 scores"),
      (VocabularyTables(model: "llama", tokens: ["a"], scores: [.nan]), "no number"),
      (VocabularyTables(model: "llama", tokens: ["a"], scores: [0], types: [1, 1]), "2 token types"),
      (VocabularyTables(model: "llama", tokens: ["a"], scores: [0], bos: 7), "bos token id 7"),
    ]
  )
  func refused(tables: VocabularyTables, part: String) {
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(tables: tables, name: "odd.gguf") }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    #expect(error?.description.hasPrefix("odd.gguf: ") == true)
  }
}
