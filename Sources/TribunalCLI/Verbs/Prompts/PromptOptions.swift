internal import ArgumentParser
internal import Prompts

/// How files of prompts are read.
struct PromptOptions: ParsableArguments {
  @Option(help: "The format, where the name's ending does not tell: txt, json, jsonl, csv, semicolons, tsv, parquet.")
  var format: PromptFormat?

  @Option(help: "The column or key of the texts; without, text, or in a table the first column.")
  var column: String?

  @Option(help: "Of rows that name a split those of this one alone.")
  var only: String?

  @Option(help: "The kind of all prompts, whatever the file says: harmful or harmless.")
  var kind: PromptKind?

  @Option(help: "Prompts that stand twice: error, drop or keep.")
  var duplicates: PromptPolicy = .error

  @Option(help: "Empty prompts: error, drop or keep.")
  var empty: PromptPolicy = .error

  @Flag(help: "Leave its line end to each prompt of a text file, as the paper's code does.")
  var keepLineEnds = false

  /// What the options say; `kind` and `column` of a single file may say otherwise.
  func options(kind other: PromptKind? = nil) -> PromptFile.Options {
    PromptFile.Options(
      format: format,
      column: column,
      split: only,
      kind: other ?? kind,
      duplicates: duplicates,
      empty: empty,
      keepsLineEnds: keepLineEnds
    )
  }

  /// The prompts of several files, one after another; the rule on duplicates holds within each.
  func read(_ files: [String], kind: PromptKind? = nil) throws -> [PromptRow] {
    try files.flatMap { try PromptFile(path: $0, options: options(kind: kind)).rows }
  }
}

/// When prompts count as near duplicates.
struct NearOptions: ParsableArguments {
  @Option(help: "The least likeness (Jaccard index, above 0 and at most 1) of near duplicates.")
  var threshold = NearRule.standard.threshold

  @Option(help: "Compare runs of so many characters; 5 if neither this nor --words is given.")
  var characters: Int?

  @Option(help: "Compare runs of so many words instead.")
  var words: Int?

  func validate() throws {
    guard threshold > 0, threshold <= 1 else { throw ValidationError("--threshold must be above 0 and at most 1") }
    if characters != nil, words != nil { throw ValidationError("--characters and --words exclude each other") }
    guard (1...1000).contains(characters ?? words ?? 1) else {
      throw ValidationError("--characters and --words must be 1 to 1000")
    }
  }

  var rule: NearRule {
    if let words { return NearRule(shingle: .words(words), threshold: threshold) }
    return NearRule(shingle: characters.map { .characters($0) } ?? NearRule.standard.shingle, threshold: threshold)
  }
}
