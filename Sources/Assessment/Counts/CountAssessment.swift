internal import Agreement
public import LabelTables

/// What can be said for certain of judges who are known by counts: how many answers of each system to each kind of prompt
/// each called a refusal.
///
/// Rates need nothing else. Whatever depends on which answers they were comes as sharp bounds: the smallest and largest value
/// over all labellings of the items that have these counts, both reached by some labelling; labellings without the figure
/// are left out. Raters whose labels are known stand beside them with their exact figures.
public struct CountAssessment: Sendable {
  /// How it was asked.
  public struct Options: Sendable {
    /// Original and edited systems by name.
    public var edits: [(original: String, edited: String)] = []
    /// Counted raters that are people.
    public var people: [String] = []
    /// How annotators become one reference; nil for the standard rule.
    public var reference: ReferenceRule?

    /// Standard options.
    public init() {}
  }

  /// A rater.
  public struct Rater: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Whether it is a person.
    public let isHuman: Bool
    /// Whether its labels are known item by item.
    public let hasLabels: Bool
  }

  /// The raters: counted ones in the order of the counts, then those of the label files.
  public let raters: [Rater]
  /// The systems.
  public let systems: [String]
  /// Cells with a count.
  public let cells: Int
  /// Answers in them.
  public let answers: Int
  /// Items of the label files that are in no cell with a count: they count nowhere.
  public let itemsOutside: Int
  /// Pooled, then by kind where there are several.
  public let scopes: [CountScope]
  /// The rule of the main reference; nil without people's labels.
  public let rule: ReferenceRule?
  /// Every rater by system and scope, all systems first.
  public let rates: [CountRate]
  /// Judges' lowest and highest rate by system and scope.
  public let ranges: [CountRange]
  /// Every edit by scope and rater.
  public let edits: [CountEdit]
  /// Every two judges and counted people, by scope.
  public let agreement: [CountAgreement]
  /// All judges by scope; empty for fewer than two.
  public let panel: [CountPanel]
  /// Judges against the main reference, then against each annotator, by scope.
  public let fidelity: [CountFidelity]

  /// Computes everything.
  /// - Parameter labels: labels of people and judges on the same answers, where there are any.
  /// - Throws: ``CountAssessmentError``.
  public init(_ counts: CellCounts, labels: AssessedLabels? = nil, options: Options = Options())
    throws(CountAssessmentError)
  {
    let evidence = try CountEvidence(counts, labels, people: options.people)
    systems = counts.systems
    for edit in options.edits {
      for name in [edit.original, edit.edited] where !systems.contains(name) {
        throw .unknown("system", name, systems)
      }
    }
    raters = evidence.raters.map { Rater(name: $0.name, isHuman: $0.isHuman, hasLabels: $0.source != .counts) }
    cells = evidence.cells.count
    answers = evidence.sizes.reduce(0, +)
    itemsOutside = evidence.itemsOutside
    scopes = evidence.scopes
    rule = labels.flatMap { $0.annotators.isEmpty ? nil : options.reference ?? ReferenceRule.standard(for: $0) }
    rates = evidence.rates
    ranges = evidence.ranges
    edits = options.edits.flatMap { evidence.edits($0.original, $0.edited) }
    agreement = evidence.agreement
    panel = evidence.panel
    fidelity = rule.map { evidence.fidelity($0) } ?? []
  }
}
