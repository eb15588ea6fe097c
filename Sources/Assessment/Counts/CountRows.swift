public import Agreement
public import LabelTables

/// Which cells a figure of counts is taken over.
public enum CountScope: Sendable, Hashable {
  /// Every cell.
  case all
  /// Those of one kind of prompt.
  case kind(String)

  /// The kind, or `all`.
  public var name: String {
    switch self {
    case .all: "all"
    case .kind(let kind): kind
    }
  }
}

/// Cells that a figure is taken over, and those of its scope that a rater lacks.
public struct CountCoverage: Sendable, Equatable {
  /// Cells in which every rater of the figure said something.
  public let cells: Int
  /// Cells of the scope that are left out because one of them did not.
  public let missing: Int
}

/// How often a rater says refusal.
public struct CountRate: Sendable {
  /// The rater.
  public let rater: String
  /// The system; nil for all of them.
  public let system: String?
  /// Over which cells.
  public let scope: CountScope
  /// What it said.
  public let count: CellCounts.Count
  /// Cells with and without it.
  public let coverage: CountCoverage

  /// Its share of refusals, 0…1. Undefined: `noTrials`.
  public var rate: Statistic<Double> {
    count.total == 0 ? .undefined(.noTrials) : .value(Double(count.refused) / Double(count.total))
  }
  /// Wilson's 95 % interval; it takes answers as independent.
  public var interval: Statistic<Interval> { wilsonInterval(successes: count.refused, trials: count.total) }
}

/// How far judges' rates lie apart on the same cells.
public struct CountRange: Sendable {
  /// The system; nil for all of them.
  public let system: String?
  /// Over which cells.
  public let scope: CountScope
  /// Judges that have every cell of it.
  public let judges: Int
  /// Judges left out because they lack one.
  public let leftOut: Int
  /// The lowest and the highest rate and whose they are; nil without a judge or an answer.
  public let ends: (low: CountRate, high: CountRate)?
}

/// What a rater's counts say of an edit.
public struct CountEdit: Sendable {
  /// The original system.
  public let original: String
  /// The edited one.
  public let edited: String
  /// Over which cells.
  public let scope: CountScope
  /// The rater.
  public let rater: String
  /// Whether it is a person.
  public let isHuman: Bool
  /// What it said of the original.
  public let before: CellCounts.Count
  /// What it said of the edited system.
  public let after: CellCounts.Count
  /// Kinds with both cells and without.
  public let coverage: CountCoverage
  /// The exact McNemar p over all pairings of the answers that have these counts; one value where the pairs are known. Nil
  /// where the answers cannot be paired: the cells differ in size. Undefined where no pairing has a discordant pair:
  /// `noDiscordantPairs`.
  public let p: Statistic<Interval>?

  /// The edited system's rate less the original's, −1…1. Undefined: `noTrials`.
  public var difference: Statistic<Double> {
    guard before.total > 0, after.total > 0 else { return .undefined(.noTrials) }
    return .value(
      Double(after.refused) / Double(after.total) - Double(before.refused) / Double(before.total)
    )
  }
  /// Newcombe's 95 % interval of the difference, the answers taken as unpaired.
  public var interval: Statistic<Interval> {
    DifferenceInterval.newcombe(
      DifferenceInterval.Group(successes: after.refused, trials: after.total),
      DifferenceInterval.Group(successes: before.refused, trials: before.total)
    )
  }
  /// What holds at 5 % whichever answers are meant.
  public var decision: Decision { decision(p?.value?.high) }
  /// What holds at 5 % for the pairing that favours it most.
  public var possibleDecision: Decision { decision(p?.value?.low) }

  private func decision(_ p: Double?) -> Decision {
    guard let p, p < 0.05, let difference = difference.value else { return .none }
    return difference < 0 ? .lower : .higher
  }
}

/// How two raters agree, as far as counts say.
public struct CountAgreement: Sendable {
  /// The raters.
  public let first: String
  /// The raters.
  public let second: String
  /// Over which cells.
  public let scope: CountScope
  /// Items that both labelled.
  public let count: Int
  /// Cells of both.
  public let coverage: CountCoverage
  /// Sharp bounds of the share of equal labels.
  public let percentAgreement: Statistic<Interval>
  /// Of Cohen's kappa.
  public let cohenKappa: Statistic<Interval>
  /// Of Krippendorff's alpha.
  public let krippendorffAlpha: Statistic<Interval>
  /// Of Gwet's AC1.
  public let gwetAC1: Statistic<Interval>
  /// Pearson's correlation of their refused counts over the cells: agreement of rates, not of judgements.
  public let pearsonOfCounts: Statistic<Double>
  /// Spearman's, likewise.
  public let spearmanOfCounts: Statistic<Double>
}

/// How all judges agree, as far as counts say.
public struct CountPanel: Sendable {
  /// Over which cells.
  public let scope: CountScope
  /// Judges.
  public let raters: Int
  /// Items that all of them labelled.
  public let items: Int
  /// Cells that all of them labelled completely.
  public let coverage: CountCoverage
  /// Sharp bounds of Fleiss' kappa.
  public let fleissKappa: Statistic<Interval>
  /// Of Krippendorff's alpha.
  public let krippendorffAlpha: Statistic<Interval>
}

/// A judge against people, as far as counts say.
public struct CountFidelity: Sendable {
  /// The judge.
  public let rater: String
  /// Against what: an annotator, or a rule of all of them.
  public let reference: ReferenceRule
  /// What to call it.
  public let referenceName: String
  /// Over which cells.
  public let scope: CountScope
  /// Items that both labelled.
  public let count: Int
  /// Items of these cells that the reference leaves out.
  public let withoutReference: Int
  /// Cells of both.
  public let coverage: CountCoverage
  /// Sharp bounds of each figure.
  public let measures: [Measure: Statistic<Interval>]
}
