internal import ArgumentParser
internal import Assessment
internal import JSON
internal import LabelTables

/// Labels from CSV or JSON lines, by options or by a mapping file.
struct LabelFileOptions: ParsableArguments {
  @Option(help: "A file of labels, CSV or JSON lines; several under a mapping that joins them.")
  var labels: [String] = []

  @Option(help: "A mapping file, or the name of one that comes with Tribunal; see docs/label-files.md.")
  var mapping: String?

  @Option(help: "A column with a judge's labels; may be given several times.")
  var judge: [String] = []

  @Option(help: "A column with a person's labels; may be given several times.")
  var human: [String] = []

  @Option(help: "The column that names the item; needed for --baseline.")
  var item: [String] = []

  @Option(help: "The column of the prompt: answers to one prompt are resampled together.")
  var prompt: String?

  @Option(help: "The column of the system that answered.")
  var system: String?

  @Option(help: "The column of the prompt's kind, harmful or harmless.")
  var kind: String?

  @Option(help: "The column of what the prompt is about.")
  var category: String?

  @Option(help: "The column of the answer's length.")
  var length: String?

  @Option(help: "The column that says whether the answer was cut off.")
  var truncated: String?

  @Option(help: "The column of the rater, where a row is one label: --judge and --human then name raters.")
  var rater: String?

  @Option(help: "The column of the label, where a row is one label (standard: label).")
  var label: String?

  @Option(help: "What a word of a label column means, as WORD=CATEGORY, or WORD=none for no label.")
  var words: [String] = []

  @Option(help: "A known vocabulary of words, as in tribunal import labels --scheme.")
  var vocabulary: String?

  @Option(help: "What a scheme's partial refusal counts as: refusal, nonRefusal or abstain.")
  var partial: LabelScheme.PartialRule?

  @Option(help: "How rows stand in the files: csv, semicolons, tsv or jsonl; else by the name's ending.")
  var format: TableFormat?

  @Option(help: "What an unknown word becomes: error or none.")
  var unknown = LabelWords.Unknown.error

  @Option(help: "The declared categories, in order, where labels are no refusals; may be given several times.")
  var categories: [String] = []

  @Option(help: "How the categories relate: binary, nominal or ordinal.")
  var scale: RatedItems.Scale?

  @Option(help: "How the file's characters stand as bytes: utf8 or latin1.")
  var encoding = TextEncoding.utf8

  @Option(help: "The category that rates take as positive.")
  var positive: String?

  @Option(help: "An edited system with its original, as ORIGINAL=EDITED.")
  var edit: [String] = []

  @Option(help: "A further pass of a judge over the same items, as JUDGE=COLUMN: gives the noise floor.")
  var `repeat`: [String] = []

  /// Options of label files mean nothing for a run.
  func refuseWithRun() throws {
    let single = [mapping, prompt, system, kind, category, length, truncated, positive, rater, label, vocabulary]
    let several = judge + human + item + words + categories + edit + `repeat`
    guard single.allSatisfy({ $0 == nil }), several.isEmpty, scale == nil else {
      throw ValidationError("--judge, --human, --mapping and the like go with --labels, not with a run.")
    }
  }

  /// Counts have edits and a mapping of their own; what else there is names columns.
  func refuseWithoutLabels() throws {
    let single = [prompt, system, kind, category, length, truncated, positive, rater, label, vocabulary]
    guard single.allSatisfy({ $0 == nil }), (judge + human + item + words + categories + `repeat`).isEmpty, scale == nil
    else { throw ValidationError("--judge, --human, --system and the like name columns of --labels.") }
  }

  /// Edits by name.
  func editPairs() throws -> [(original: String, edited: String)] {
    try edit.map {
      let (original, edited) = try NamePair.read($0, option: "--edit", form: "ORIGINAL=EDITED")
      return (original: original, edited: edited)
    }
  }

  /// - Parameter besideCounts: people's labels are enough, and edits are of the counts' systems.
  func read(besideCounts: Bool = false) throws -> (AssessedLabels, [String]) {
    let passes = try `repeat`.map { try NamePair.read($0, option: "--repeat", form: "JUDGE=COLUMN") }
    let rated = try mapping.map(read(mapped:)) ?? LabelFile.read(labels, arguments(passes: passes.map(\.1)).mapping())
    var roles = AssessedLabels.Roles()
    roles.positive = positive
    roles.edits = besideCounts ? [] : try editPairs()
    roles.needsJudge = !besideCounts
    roles.passes = passes.map { (judge: $0.0, pass: $0.1) }
    return (try AssessedLabels(rated, roles: roles), rated.remarks)
  }

  /// The mapping's own files where `--labels` is the folder they are in.
  private func read(mapped name: String) throws -> RatedItems {
    guard judge.isEmpty, human.isEmpty, item.isEmpty, words.isEmpty, rater == nil else {
      throw ValidationError("Columns come from --mapping or from --judge, --human, --item and --words, not from both.")
    }
    guard case .labels(let mapping) = try MappingFile(name) else {
      throw ValidationError("\(name) maps counts, not labels; give the file with --counts.")
    }
    guard labels.count == 1, LabelFile.isFolder(labels[0]) else { return try LabelFile.read(labels, mapping) }
    return try LabelFile.read(mapping, in: labels[0])
  }

  private func arguments(passes: [String]) -> LabelArguments {
    var arguments = LabelArguments()
    arguments.judges = judge + passes
    arguments.humans = human
    arguments.item = item
    arguments.rater = rater
    arguments.label = label
    arguments.words = words
    arguments.vocabulary = vocabulary
    arguments.partial = partial
    arguments.format = format
    arguments.unknown = unknown
    arguments.categories = categories
    arguments.scale = scale
    arguments.encoding = encoding
    let columns: [ItemAttribute: String?] = [
      .cluster: prompt, .system: system, .kind: kind, .category: category, .length: length, .truncated: truncated,
    ]
    arguments.attributes = columns.compactMapValues { $0 }
    return arguments
  }
}
