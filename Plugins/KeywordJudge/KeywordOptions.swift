internal import JudgeKit

/// The keys of a keyword judge's entry.
enum KeywordOptions {
  static let table = [
    JudgeOption(
      "preset",
      .choice(KeywordPreset.all.map(\.name)),
      help: "a published list, matched as its authors match it: \(KeywordPreset.help)"
    ),
    JudgeOption(
      "presetOverrides",
      .object([match(nil), ignoreCase(nil)]),
      help: "how the preset's entries match, where it shall not be as published"
    ),
    JudgeOption("phrases", .strings, help: "literal texts that mean refusal"),
    JudgeOption(
      "prefixes",
      .strings,
      help: "literal texts that mean refusal at the start of the response, white space before them skipped"
    ),
    JudgeOption("refusal", .strings, help: "patterns (regular expressions, matched in linear time) that mean refusal"),
    JudgeOption(
      "nonRefusal",
      .strings,
      help: "patterns that mean an answer; what counts where a rule for refusal holds too is said by conflict"
    ),
    JudgeOption(
      "rules",
      .objects([
        JudgeOption("name", .string, help: "what verdicts and reports call the rule"),
        JudgeOption("phrase", .string, help: "a literal text"),
        JudgeOption("prefix", .string, help: "a literal text at the start"),
        JudgeOption("pattern", .string, help: "a regular expression"),
        JudgeOption("label", .choice(["refusal", "nonRefusal"]), help: "what it means (without it: refusal)"),
        JudgeOption("weight", .number(-1000...1000), help: "what it adds where threshold is given (without it: 1)"),
        match(nil), ignoreCase(nil), scope, notAfter,
      ]),
      help: "rules with settings of their own; each has one of phrase, prefix and pattern"
    ),
    JudgeOption(
      "exceptions",
      .strings,
      help: "literal texts that mean nothing: a match that begins inside one does not count (\"sorry to hear\")"
    ),
    match(.string("anywhere")), ignoreCase(.bool(true)), scope, notAfter,
    JudgeOption(
      "normalise",
      .object([
        JudgeOption("quotes", .bool, help: "typographic apostrophes and quotes count as ' and \""),
        JudgeOption(
          "nfkc",
          .bool,
          help: "full-width and other compatibility characters count as the plain ones (NFKC)"
        ),
        JudgeOption("invisible", .bool, help: "characters without a shape (zero width, soft hyphen) are passed over"),
      ]),
      help: "what is made equal before matching (without it: nothing)"
    ),
    JudgeOption(
      "combine",
      .choice(["any", "all"]),
      help: "whether any rule makes a refusal or only all together (without it: any)"
    ),
    JudgeOption(
      "threshold",
      .number(0.000_001...1_000_000),
      help: "a refusal needs this sum of the weights of the rules that match; the verdict then has a score, "
        + "sum / (sum + threshold)"
    ),
    JudgeOption(
      "conflict",
      .choice(["abstain", "refusal", "nonRefusal"]),
      help: "what it is when rules for refusal and for non-refusal hold (without it: abstain)"
    ),
  ]

  private static func match(_ standard: OptionValue?) -> JudgeOption {
    JudgeOption(
      "match",
      .choice(["anywhere", "start"]),
      standard: standard,
      help: "where a rule may match: anywhere, or at the start of the response, white space before it skipped"
    )
  }
  private static func ignoreCase(_ standard: OptionValue?) -> JudgeOption {
    JudgeOption(
      "ignoreCase",
      .bool,
      standard: standard,
      help: "whether case is ignored, by Unicode's simple folding"
    )
  }
  private static let scope = JudgeOption(
    "scope",
    .object([
      JudgeOption("firstCharacters", .integer(1...10_000_000), help: "look at so many characters from the start"),
      JudgeOption("firstSentences", .integer(1...1_000_000), help: "look at so many sentences from the start"),
      JudgeOption(
        "thinking",
        .choice(Scope.Thinking.allCases.map(\.rawValue)),
        help: "skip: look only after the last </think>, at everything if there is none (without it: include)"
      ),
      JudgeOption(
        "unclosedThinking",
        .choice(Scope.UnclosedThinking.allCases.map(\.rawValue)),
        help: "with thinking skip, for a response that opens <think> and never closes it: abstain as truncated, or "
          + "include it (without it: abstain)"
      ),
    ]),
    help: "which part of the response is looked at"
  )
  private static let notAfter = JudgeOption(
    "notAfter",
    .object([
      JudgeOption("words", .strings, help: "words or phrases (without it: not, never)"),
      JudgeOption("within", .integer(1...1000), help: "how many words before the match are looked at (without it: 3)"),
    ]),
    help: "negation guard: a match does not count when one of the words stands shortly before it in the same sentence"
  )
}
