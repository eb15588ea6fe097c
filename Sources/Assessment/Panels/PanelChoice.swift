internal import Agreement

/// Which judges a panel needs.
public struct PanelChoice: Sendable {
  /// What one judge adds to the panel.
  public struct Member: Sendable {
    /// The judge's column.
    public let judge: Int
    /// The judge alone against the reference.
    public let alone: PanelScore
    /// The panel's majority without it.
    public let without: PanelScore
    /// Accuracy of the whole panel less that without the judge: its marginal value, −1…1. The interval is that of a paired
    /// difference (`PairedDifference`).
    public let marginalValue: Figure
    /// The judge it resembles most, by Cohen's kappa of their labels over all items.
    public let nearest: (judge: Int, kappa: Figure)?
    /// Correlation φ of its errors with the nearest judge's errors: 1 where they err on the same items, so that one of them
    /// is redundant.
    public let sharedErrors: Figure
  }

  /// A subset of the panel.
  public struct Subset: Sendable {
    /// Columns of its judges.
    public let judges: [Int]
    /// The sum of their costs.
    public let cost: Double
    /// Its majority against the reference.
    public let score: PanelScore
  }

  /// The whole panel's majority.
  public let whole: PanelScore
  /// The whole panel under each vote rule.
  public let rules: [(rule: VoteRule, score: PanelScore)]
  /// Why the weighted vote is not among the rules; nil where it is.
  public let withoutWeights: String?
  /// Each judge.
  public let members: [Member]
  /// Mean correlation φ of errors over the pairs of judges that both err. Undefined: `tooFewRaters`, `constantRater`. The interval
  /// is too narrow where errors are few: simulated coverage (`Tests/Oracles/assessment/coverage.py`) is 82.9, 86.0, 91.0 % over 30,
  /// 100, 400 prompts where judges err on one in twenty, 88.7, 94.0, 94.7 % on one in five, 94.0…95.0 % on two in five.
  public let errorCorrelation: Figure
  /// Judges that this panel is worth if their errors were independent: n / (1 + (n − 1)·ρ) with ρ the mean error
  /// correlation, at least 0 (Kish's design effect turned on judges). It falls as ρ rises, so its interval is that of ρ turned
  /// round.
  public let effectiveSize: Figure
  /// The best subset of each size, cheapest first among equals.
  public let bestOfSize: [Subset]
  /// Whether every subset was tried; otherwise subsets were grown one judge at a time.
  public let isExhaustive: Bool
  /// Referenced items on which at least one judge is right: no panel of these judges gets further, tried or not.
  public let upperBound: PanelScore

  /// Panels up to so many judges are searched completely: 2¹⁴ subsets.
  public static let exhaustiveLimit = 14
  /// Weights come from a model of every vote, which is not fitted to more items than this.
  public static let largestWeighted = 200_000
  /// The accuracy that was wanted.
  public let wanted: Double?
  /// The cheapest subset that reaches the wanted accuracy; nil if none does or none was wanted.
  public let cheapest: Subset?
}
