public import Agreement

/// What becomes of missing labels in an agreement of two raters.
public enum PairTreatment: String, Sendable, CaseIterable {
  /// Items that lack either label are left out. The standard.
  case pairwiseDeletion
  /// No label is a category of its own.
  case thirdCategory
}

/// How two raters agree.
public struct AgreementRow: Sendable {
  /// Columns of the raters.
  public let first: Int
  /// Columns of the raters.
  public let second: Int
  /// Over which prompts.
  public let scope: ItemScope
  /// Joint counts, items without either label left out.
  public let counts: PairCounts
  /// Joint counts with "no label" as a category.
  public let withAbstentions: PairCounts
  /// Items that at least one of them labelled.
  public let seen: Int
  /// The 95 % interval of Cohen's kappa: percentiles of a bootstrap that resamples prompts.
  public let kappaInterval: Statistic<Interval>
  /// What the figures could have been with every label there; two classes only.
  public let bounds: AbstentionBounds?
}

/// How several raters agree.
public struct PanelRow: Sendable {
  /// Over which prompts.
  public let scope: ItemScope
  /// Raters that gave a label at all.
  public let raters: Int
  /// Items with at least two labels.
  public let items: Int
  /// Mean agreement of the pairs of an item, items weighing equally.
  public let percentAgreement: Statistic<Double>
  /// Krippendorff's alpha, nominal.
  public let alpha: Statistic<Double>
  /// Its interval: percentiles of a bootstrap that resamples prompts.
  public let alphaInterval: Statistic<Interval>
  /// Alpha with "no label" as a category.
  public let alphaWithAbstentions: Statistic<Double>
  /// Fleiss's kappa in Gwet's form for missing labels.
  public let fleissKappa: Statistic<Estimate>
  /// Gwet's AC1.
  public let gwetAC1: Statistic<Estimate>
}
