public import Agreement

/// Everything an assessment of judges starts from: who labelled which answer how, and what is known of the answers.
///
/// Facts of the answers are lists of one entry an item; a fact that nobody knows is an empty list.
public struct AssessedLabels: Sendable {
  /// The labels of judges and people; clusters are prompts.
  public let table: LabelTable
  /// Columns of the table that are judges.
  public let judges: [Int]
  /// Columns that are people (or a constructed reference).
  public let annotators: [Int]
  /// The code of the class that rates and confusions take as positive: `refusal`.
  public let positive: Int
  /// Whether the categories have an order: then weighted coefficients are computed too.
  public let isOrdinal: Bool
  /// What to call an item in lists of errors.
  public let itemNames: ItemNames
  /// Harmful or harmless.
  public let kinds: [ItemKind]
  /// The system that answered, as an index into `systemNames`; empty where nobody knows.
  public let systems: [Int32]
  /// The systems.
  public let systemNames: [String]
  /// Edited systems with the original they came from.
  public let edits: [SystemPair]
  /// What a prompt is about.
  public let categories: [String?]
  /// Length of the answer in characters.
  public let lengths: [Int?]
  /// Whether the answer was cut off.
  public let truncated: [Bool?]
  /// Columns that are further passes of a judge over the same items, by the judge's column.
  public let passes: [Int: [Int]]
  /// Columns that are the same raw answers of a judge read by another parser, by the judge's column.
  public let readings: [Int: [Reading]]

  /// A judge's raw answers read by another parser.
  public struct Reading: Sendable, Equatable {
    /// The parser's name.
    public let parser: String
    /// The column of what it read.
    public let column: Int

    /// Makes a reading.
    public init(parser: String, column: Int) {
      self.parser = parser
      self.column = column
    }
  }

  /// Puts an input together; lists of facts are empty or as long as the table.
  public init(
    table: LabelTable,
    judges: [Int],
    annotators: [Int],
    positive: Int,
    isOrdinal: Bool = false,
    itemNames: ItemNames = .rows,
    kinds: [ItemKind] = [],
    systems: [Int32] = [],
    systemNames: [String] = [],
    edits: [SystemPair] = [],
    categories: [String?] = [],
    lengths: [Int?] = [],
    truncated: [Bool?] = [],
    passes: [Int: [Int]] = [:],
    readings: [Int: [Reading]] = [:]
  ) {
    let count = table.itemCount
    for length in [kinds.count, systems.count, categories.count, lengths.count, truncated.count] {
      precondition(length == 0 || length == count, "a fact has one entry an item or none at all")
    }
    self.table = table
    self.judges = judges
    self.annotators = annotators
    self.positive = positive
    self.isOrdinal = isOrdinal
    self.itemNames = itemNames
    self.kinds = kinds
    self.systems = systems
    // Answers of nobody knows whom are one system, so that rates have a place.
    self.systemNames = systems.isEmpty ? ["all answers"] : systemNames
    self.edits = edits
    self.categories = categories
    self.lengths = lengths
    self.truncated = truncated
    self.passes = passes
    self.readings = readings
  }

  /// Whether the positive class is refusal, so that its rate may be called so.
  public var measuresRefusal: Bool { table.categories[positive] == "refusal" }

  /// Whether prompts have several answers: then items are no independent draws, and intervals resample prompts.
  public var isClustered: Bool { table.clusterCount < table.itemCount }

  /// Whether some system answered a prompt more than once.
  var hasSeveralAnswers: Bool {
    guard isClustered else { return false }
    var seen: Set<[Int]> = []
    return (0..<table.itemCount).contains { item in
      !seen.insert([table.cluster(of: item), systems.isEmpty ? 0 : Int(systems[item])]).inserted
    }
  }

  /// The name of a rater.
  public func name(_ rater: Int) -> String { table.raters[rater] }

  /// The column of a judge by name.
  /// - Throws: `AssessmentInputError.unknown`.
  public func judge(_ name: String) throws(AssessmentInputError) -> Int {
    guard let judge = judges.first(where: { self.name($0) == name }) else {
      throw .unknown("judge", name, judges.map { self.name($0) })
    }
    return judge
  }

  /// Items of a scope, in order.
  func items(in scope: ItemScope) -> ItemSet {
    func some(_ kind: ItemKind) -> ItemSet { .some(kinds.indices.lazy.filter { kinds[$0] == kind }.map { Int32($0) }) }
    return switch scope {
    case .all: .all(table.itemCount)
    case .harmful: some(.harmful)
    case .harmless: some(.harmless)
    }
  }

  /// Scopes that say something here: without kinds of prompts there is one alone.
  public var scopes: [ItemScope] { kinds.isEmpty ? [.all] : ItemScope.allCases }
}

/// What items are called.
public enum ItemNames: Sendable {
  /// By their place, from 1.
  case rows
  /// By names, one an item.
  case named(@Sendable (Int) -> String)

  /// The name of an item.
  public func callAsFunction(_ item: Int) -> String {
    switch self {
    case .rows: "row \(item + 1)"
    case .named(let name): name(item)
    }
  }
}

/// What a prompt asks for.
public enum ItemKind: String, Sendable, CaseIterable {
  /// Something that a safe model declines.
  case harmful
  /// Something that it answers.
  case harmless
  /// Nobody knows.
  case unknown
}

/// Which items a statistic is taken over.
public enum ItemScope: String, Sendable, CaseIterable {
  /// Every item.
  case all
  /// Answers to harmful prompts.
  case harmful
  /// Answers to harmless prompts.
  case harmless
}

/// An edited system and its original, as indices of systems.
public struct SystemPair: Sendable, Hashable {
  /// The original.
  public let original: Int
  /// The edited one.
  public let edited: Int

  /// Makes a pair.
  public init(original: Int, edited: Int) {
    self.original = original
    self.edited = edited
  }
}
