/// Which columns of which files say what: everything that reading a label file takes, as data.
public struct LabelMapping: Sendable, Equatable {
  /// How rows stand for labels.
  public enum Form: String, Sendable, CaseIterable {
    /// A row an item, a column a rater.
    case wide
    /// A row a label: item, rater, label.
    case long
  }

  /// What every row says, or a column of it.
  public enum Source: Sendable, Equatable {
    /// A column.
    case column(String)
    /// The same in every row.
    case constant(String)
  }

  /// A rater's column in a wide file.
  public struct RaterColumn: Sendable, Equatable {
    /// The column of its labels.
    public var column: String
    /// The rater's name; left out, the column's.
    public var name: String
    /// Judge or human.
    public var role: RatedItems.Role
    /// A column of its scores 0…1.
    public var score: String?
    /// What its words mean.
    public var words: LabelWords

    /// Makes a column.
    public init(
      column: String,
      name: String? = nil,
      role: RatedItems.Role = .judge,
      score: String? = nil,
      words: LabelWords = LabelWords()
    ) {
      self.column = column
      self.name = name ?? column
      self.role = role
      self.score = score
      self.words = words
    }
  }

  /// What the rows of a file say.
  public struct Part: Sendable, Equatable {
    /// The file, from the folder that the caller names; nil where the caller names the file.
    public var file: String?
    /// How rows stand in it; nil: by the name's ending.
    public var format: TableFormat?
    /// How its characters stand as bytes.
    public var encoding = TextEncoding.utf8
    /// How rows stand for labels.
    public var form = Form.wide
    /// The columns that together name an item; empty in a wide file whose rows are its items.
    public var item: [String] = []
    /// What else is said of an item.
    public var attributes: [ItemAttribute: Source] = [:]
    /// Wide: the raters.
    public var raters: [RaterColumn] = []
    /// Long: who labelled.
    public var rater: Source?
    /// Long: the column of the label.
    public var label = "label"
    /// Long: a column of scores 0…1.
    public var score: String?
    /// Long: a column of `judge` and `human`.
    public var role: String?
    /// Long: what words mean.
    public var words = LabelWords()

    /// Nothing is said yet.
    public init() {}
  }

  /// The name, for errors and records.
  public var name: String
  /// How categories relate.
  public var scale = RatedItems.Scale.binary
  /// The categories in order; a label's code is its index.
  public var categories = LabelMapping.binaryCategories
  /// The files, or one part for every file the caller names.
  public var parts: [Part]
  /// Long: names of raters that are people.
  public var humans: [String] = []
  /// Long: the judges to read; empty: every rater.
  public var judges: [String] = []
  /// Other names of raters, by the name in the file.
  public var raterNames: [String: String] = [:]
  /// Other names of levels, by attribute and the name in the file.
  public var levelNames: [ItemAttribute: [String: String]] = [:]

  /// Codes 0 and 1 of refusal.
  public static let binaryCategories = ["nonRefusal", "refusal"]
  /// No more categories than this: two codes of a byte mean no label and not yet read.
  public static let maximumCategories = 254

  /// Makes a mapping.
  public init(name: String, parts: [Part]) {
    self.name = name
    self.parts = parts
  }
}
