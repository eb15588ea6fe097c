internal import JSON

/// The words in which a tool gives its labels, and what each says of refusal: everything an import has to declare, as data.
public struct LabelScheme: Sendable, Equatable {
  /// What a word says of refusal.
  public enum Meaning: String, Sendable, CaseIterable {
    /// The response declines.
    case refusal
    /// The response does not decline.
    case nonRefusal
    /// It declines in part: the rule for partial refusal decides.
    case partial
    /// Neither: the judge abstains.
    case abstain
  }

  /// What a partial refusal counts as.
  public enum PartialRule: String, Sendable, CaseIterable {
    /// As a refusal.
    case refusal
    /// As none.
    case nonRefusal
    /// As no label.
    case abstain
  }

  /// A word.
  public struct Word: Sendable, Equatable {
    /// As the file has it.
    public let word: String
    /// What it says of refusal.
    public let meaning: Meaning

    /// Makes a word.
    public init(_ word: String, _ meaning: Meaning) {
      self.word = word
      self.meaning = meaning
    }
  }

  /// A number beside the label; it is checked and kept, and enters no statistic.
  public struct Number: Sendable, Equatable {
    /// The field.
    public let name: String
    /// Smallest and largest value.
    public let range: ClosedRange<Double>
    /// Whether it counts steps of a rubric.
    public let isWhole: Bool
  }

  /// The name in `--scheme`.
  public let name: String
  /// One sentence for people.
  public let summary: String
  /// Where words and meanings are documented.
  public let source: String
  /// What the labels measure.
  public let construct: Construct
  /// The column of the label where nothing else is said.
  public let column: String
  /// The words, no two alike.
  public let words: [Word]
  /// Whether capital and small letters are the same.
  public let foldsCase: Bool
  /// Whether only the first line of the cell is the word and the rest a remark.
  public let readsFirstLine: Bool
  /// Numbers beside the label.
  public let numbers: [Number]
  /// A column of `true` and `false`: where it is true, the tool could not read its own answer and the label counts for nothing.
  public let failureColumn: String?

  init(
    _ name: String,
    _ summary: String,
    source: String,
    construct: Construct = .refusal,
    column: String = "label",
    words: [(String, Meaning)],
    foldsCase: Bool = false,
    readsFirstLine: Bool = false,
    numbers: [Number] = [],
    failureColumn: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.construct = construct
    self.column = column
    self.words = words.map { Word($0.0, $0.1) }
    self.foldsCase = foldsCase
    self.readsFirstLine = readsFirstLine
    self.numbers = numbers
    self.failureColumn = failureColumn
  }

  /// Whether it has a word for partial refusal, whose treatment must then be declared.
  public var hasPartial: Bool { words.contains { $0.meaning == .partial } }

  /// The meaning of a cell's word; nil for a word the scheme does not have.
  public func word(_ text: String) -> Word? {
    words.first { foldsCase ? $0.word.lowercased() == text.lowercased() : ExactText($0.word) == ExactText(text) }
  }
}

extension LabelScheme {
  /// The scheme of that name.
  public static func named(_ name: String) -> LabelScheme? { all.first { $0.name == name } }

  /// Every scheme but `custom`, whose words the user declares.
  public static let all: [LabelScheme] = [
    LabelScheme(
      "xstest",
      "full compliance, full refusal, partial refusal (a refusal that also answers)",
      source: "XSTest, arXiv 2308.01263: evaluation/classify_completions_gpt.py",
      words: xstestWords + [("3_partial_refusal", .partial)]
    ),
    LabelScheme(
      "xstest-strmatch",
      "XSTest's string match, which knows no partial refusal",
      source: "XSTest, arXiv 2308.01263: evaluation/classify_completions_strmatch.py",
      words: xstestWords
    ),
    LabelScheme(
      "strongreject",
      "the rubric's first answer, 1 = refuses; convincing, specific and score are kept beside it and are no P(refusal)",
      source: "StrongREJECT, arXiv 2402.10260: the rubric's three questions",
      column: "refusal",
      words: [("1", .refusal), ("0", .nonRefusal)],
      numbers: [
        Number(name: "convincing", range: 1...5, isWhole: true), Number(name: "specific", range: 1...5, isWhole: true),
        Number(name: "score", range: 0...1, isWhole: false),
      ]
    ),
    LabelScheme(
      "sorry-bench",
      "fulfilment, 1 = complies and 0 = does not",
      source: "SORRY-Bench, arXiv 2406.14598: card of ft-mistral-7b-instruct-v0.2-sorry-bench-202406",
      words: [("0", .refusal), ("1", .nonRefusal)]
    ),
    LabelScheme(
      "sorry-bench-flipped",
      "the port in inspect_evals, whose judge says 1 for a refusal and 0 for a fulfilment",
      source: "UKGovernmentBEIS/inspect_evals: sorry_bench",
      words: [("1", .refusal), ("0", .nonRefusal)]
    ),
    LabelScheme(
      "harmbench",
      "harm: yes is an instance of the harmful behaviour, hence no refusal; no may be a refusal or a harmless answer",
      source: "HarmBench classifier: prompt answered yes or no",
      construct: .harm,
      words: [("yes", .nonRefusal), ("no", .abstain)],
      foldsCase: true
    ),
    LabelScheme(
      "wildguard",
      "the answer on refusal of WildGuard's three, as the model writes it or as its package names it",
      source: "WildGuard, arXiv 2406.18495: wildguard/wildguard.py",
      column: "response_refusal",
      words: [
        ("yes", .refusal), ("refusal", .refusal), ("no", .nonRefusal), ("compliance", .nonRefusal), ("n/a", .abstain),
        ("", .abstain),
      ],
      foldsCase: true,
      failureColumn: "is_parsing_error"
    ),
    LabelScheme(
      "llama-guard",
      "harm: unsafe is a harmful answer, hence no refusal; safe may be a refusal or a harmless answer",
      source: "Llama Guard 1 and 2, as used by JailbreakBench and the refusal-direction code",
      construct: .harm,
      words: [("unsafe", .nonRefusal), ("safe", .abstain)],
      foldsCase: true,
      readsFirstLine: true
    ),
    LabelScheme(
      "jailbreakbench-refusal",
      "Yes = refuses, No = does not; its own code takes any other text for no label, here said by --unknown abstain",
      source: "JailbreakBench: src/jailbreakbench/classifier.py, Llama3RefusalJudge",
      words: [("Yes", .refusal), ("No", .nonRefusal)],
      foldsCase: true
    ),
  ]

  private static var xstestWords: [(String, Meaning)] {
    [("1_full_compliance", .nonRefusal), ("2_full_refusal", .refusal)]
  }

  /// What annotations are written in where nothing else is said.
  public static let plain = LabelScheme(
    "plain",
    "refusal, nonRefusal or undecided",
    source: "this program",
    words: [("refusal", .refusal), ("nonRefusal", .nonRefusal), ("undecided", .abstain)]
  )

  /// A scheme that a user declares.
  /// - Parameter map: `word=meaning` pairs, as in `1=refusal`.
  /// - Throws: what is no such pair, unknown meanings, words that come twice, and maps without a word.
  public static func custom(
    map: [String],
    construct: Construct,
    column: String = "label",
    source: String = "declared on the command line"
  ) throws(FileErrors) -> LabelScheme {
    let problems = FileProblems()
    var words: [(String, Meaning)] = []
    for pair in map {
      func fail(_ problem: String) { problems.add(JSONError(file: "--map-label \(pair)", problem)) }
      guard let equals = pair.lastIndex(of: "=") else {
        fail("expected word=meaning")
        continue
      }
      let (word, name) = (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
      guard let meaning = Meaning(rawValue: name) else {
        fail("\"\(name)\" is not one of \(Meaning.allCases.map(\.rawValue).joined(separator: ", "))")
        continue
      }
      if words.contains(where: { ExactText($0.0) == ExactText(word) }) { fail("the word \"\(word)\" is mapped twice") }
      words.append((word, meaning))
    }
    if map.isEmpty {
      problems.add(JSONError(file: "--map-label", "the scheme custom needs words, as in 1=refusal,0=nonRefusal"))
    }
    try problems.throwIfAny()
    return LabelScheme(
      "custom",
      "declared by the user",
      source: source,
      construct: construct,
      column: column,
      words: words
    )
  }
}
