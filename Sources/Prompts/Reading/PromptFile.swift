internal import Hashing
public import JSON

/// Reads prompts from text, JSON, JSON lines, CSV or Parquet, and holds them to the rule on duplicates and empty ones.
///
/// Objects and tables may also give `id`, `kind`, `split` and `category`.
public struct PromptFile: Sendable {
  /// What is read, and how.
  public struct Options: Sendable {
    /// The format; nil goes by the name's ending.
    public var format: PromptFormat?
    /// The column or key of the texts; nil is `text`, or in a table without one the first column.
    public var column: String?
    /// Of the rows that name a split those of this one alone; nil is all.
    public var split: String?
    /// The kind of all prompts, whatever the file says.
    public var kind: PromptKind?
    /// Texts that stand twice; equal means equal after spaces at both ends are gone.
    public var duplicates: PromptPolicy
    /// Texts without a visible character.
    public var empty: PromptPolicy
    /// Whether prompts of a text file keep their line ends, as they do in the paper's code.
    public var keepsLineEnds: Bool

    /// Makes options.
    public init(
      format: PromptFormat? = nil,
      column: String? = nil,
      split: String? = nil,
      kind: PromptKind? = nil,
      duplicates: PromptPolicy = .error,
      empty: PromptPolicy = .error,
      keepsLineEnds: Bool = false
    ) {
      self.format = format
      self.column = column
      self.split = split
      self.kind = kind
      self.duplicates = duplicates
      self.empty = empty
      self.keepsLineEnds = keepsLineEnds
    }
  }

  /// The path.
  public let path: String
  /// Its prompts, in order.
  public let rows: [PromptRow]
  /// How many duplicates and how many empty prompts were left out.
  public let dropped: (duplicates: Int, empty: Int)

  /// Reads a file of at most 256 MB.
  /// - Throws: every problem with its place; of very many the first twenty and how many more there are.
  public init(path: String, options: Options = Options()) throws(JSONErrors) {
    self.path = path
    let problems = PromptProblems()
    let all = try Self.read(path, options, problems)
    var rule = PromptRule(duplicates: options.duplicates, empty: options.empty)
    var rows: [PromptRow] = []
    for row in all where options.split == nil || row.split == options.split {
      if try rule.keeps(row, problems) { rows.append(row) }
    }
    try problems.throwIfAny()
    guard !rows.isEmpty else {
      let which = options.split.map { " of split \"\($0)\"" } ?? ""
      throw JSONErrors([JSONError(file: path, "holds no prompt\(which)")])
    }
    self.rows = rows
    dropped = (rule.duplicateCount, rule.emptyCount)
  }

  private static func read(
    _ path: String,
    _ options: Options,
    _ problems: PromptProblems
  ) throws(JSONErrors) -> [PromptRow] {
    do throws(JSONError) {
      let format: PromptFormat
      if let given = options.format { format = given } else { format = try PromptFormat(ofFile: path) }
      switch format {
      case .txt: return try TextRows.read(path, options)
      case .jsonl: return try ObjectRows.readLines(path, options, problems)
      case .json: return try ObjectRows.readList(path, options, problems)
      case .csv, .semicolons, .tsv: return try TableRows.read(path, format, options, problems)
      case .parquet: return try ParquetRows.read(path, options, problems)
      }
    } catch { throw JSONErrors([error]) }
  }

  /// The texts of a file, or the first `count`.
  /// - Throws: also where there are fewer.
  public static func texts(
    _ path: String,
    _ options: Options = Options(),
    count: Int? = nil
  ) throws(JSONErrors) -> [String] {
    var options = options
    options.format = options.format ?? .guessed(path)
    let texts = try PromptFile(path: path, options: options).rows.map(\.text)
    guard let count else { return texts }
    guard count <= texts.count else {
      throw JSONErrors([JSONError(file: path, "holds \(texts.count) prompts, fewer than the \(count) asked for")])
    }
    return Array(texts.prefix(count))
  }

  /// The identity of a prompt: SHA-256 of kind and text, and of how often it has occurred before.
  public static func id(_ text: String, _ kind: PromptKind, occurrence: Int) -> String {
    SHA256.hex("prompt 1\n\(kind.rawValue)\n\(occurrence == 0 ? "" : "\(occurrence)\n")\(text)")
  }
}
