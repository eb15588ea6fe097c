internal import JSON
public import LabelTables

/// Why counts cannot be assessed.
public enum CountAssessmentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no count.
  case empty
  /// A name that is not there: what it names, the name, the known ones.
  case unknown(String, String, [String])
  /// Two raters' totals of one cell: they cannot have seen the same items.
  case totalsDiffer(CellCounts.Cell, String, Int, String, Int)
  /// A rater's total of a cell, and the items that the label files have there.
  case itemsDiffer(CellCounts.Cell, rater: String, total: Int, items: Int)
  /// A rater's count in a cell is not that of its labels.
  case countsAndLabelsDiffer(CellCounts.Cell, rater: String, counted: CellCounts.Count, labelled: CellCounts.Count)
  /// Labels do not say which system an answer is of, or which kind its prompt.
  case noPlace
  /// No cell has both labels and counts; the cells of each, at most three.
  case noSharedCell(labels: [String], counts: [CellCounts.Cell])
  /// Two kinds of the counts that differ in capital letters alone.
  case kindTwice(String, String)
  /// More answers than figures are computed for.
  case tooManyAnswers(Int)

  /// In words, with how to mend it.
  public var description: String {
    switch self {
    case .empty: "there are no counts; a row is a rater, a system, a kind and its numbers"
    case .unknown(let what, let name, let known):
      "there is no \(what) \"\(name)\"\(Spelling.hint(for: name, among: known)); there are: "
        + known.prefix(20).joined(separator: ", ")
    case .totalsDiffer(let cell, let first, let one, let second, let other):
      "\(Self.words(cell)): \(first) has \(one) answers and \(second) \(other); counts of different answers cannot be "
        + "compared, and labels missing from one of them cannot be told from them"
    case .itemsDiffer(let cell, let rater, let total, let items):
      "\(Self.words(cell)): \(rater) has \(total) answers and the label files \(items); give labels of the answers that "
        + "were counted"
    case .countsAndLabelsDiffer(let cell, let rater, let counted, let labelled):
      "\(Self.words(cell)): \(rater) is counted as \(counted.refused) refused of \(counted.total), and its labels are "
        + "\(labelled.refused) of \(labelled.total); one of the files is of another run"
    case .noPlace:
      "labels beside counts need a system and a kind for each answer; name the columns with --system and --kind, or in "
        + "the mapping"
    case .noSharedCell(let labels, let counts):
      "no system and kind has both labels and counts; labels are of "
        + labels.joined(separator: ", ") + " …, counts of "
        + counts.prefix(3).map { "\($0.system) × \($0.kind)" }.joined(separator: ", ")
        + " …; give both the same names, in a mapping under \"names\""
    case .kindTwice(let first, let second):
      "the kinds \"\(first)\" and \"\(second)\" are one kind for labels; give them one name in a mapping"
    case .tooManyAnswers(let number):
      "\(number) answers are more than figures are computed for (\(CountEvidence.mostAnswers))"
    }
  }

  private static func words(_ cell: CellCounts.Cell) -> String { "system \"\(cell.system)\", kind \"\(cell.kind)\"" }
}
