public import Agreement

/// Everything that labels of judges and people say about the judges: agreement, fidelity, what the choice of judge does to
/// each conclusion, and which panel would do. Computed once, shown by terminal, JSON, CSV and LaTeX alike.
public struct Assessment: Sendable {
  /// What is asked.
  public struct Options: Sendable {
    /// How annotators become one reference; nil for the standard rule.
    public var reference: ReferenceRule?
    /// How intervals are resampled.
    public var plan = BootstrapPlan()
    /// What a judge costs an item, by column.
    public var costs: [Int: Double] = [:]
    /// The accuracy that the cheapest panel must reach.
    public var wantedAccuracy: Double?
    /// Whether the lower end of its interval must reach it.
    public var byLowerEnd = false
    /// The width that intervals of corrected rates should have: how many more human labels would that take.
    public var wantedWidth: Double?
    /// The advantage ε that the alternative-annotator test grants judges for being cheaper than people.
    public var epsilon = 0.1

    /// Standard options.
    public init() {}
  }

  /// What it was computed from.
  public let labels: AssessedLabels
  /// The rule of the reference; nil without annotators.
  public let rule: ReferenceRule?
  /// The reference label of each item.
  public let reference: Labels?
  /// How intervals were resampled.
  public let plan: BootstrapPlan
  /// The advantage that the alternative-annotator test granted.
  public let epsilon: Double
  /// Every two judges, by scope.
  public let pairs: [AgreementRow]
  /// All judges together, by scope.
  public let panel: [PanelRow]
  /// How annotators agree.
  public let humans: HumanCeiling?
  /// All annotators together, by scope; empty for fewer than two.
  public let humanPanel: [PanelRow]
  /// Judges, annotators (against a reference of several) and floors against the reference, by scope and certainty.
  public let fidelity: [FidelityRow]
  /// Fidelity of each judge under every other rule of the reference, over all items.
  public let underOtherRules: [FidelityRow]
  /// May a judge stand in for an annotator; empty for fewer than two annotators.
  public let alternative: [AlternativeRow]
  /// Flips of judges with several passes.
  public let noise: [NoiseFloor]
  /// Confusions by category, length, truncation, system.
  public let breakdown: [BreakdownRow]
  /// Items on which judges err: of one sort no more than `JudgeError.largestList`.
  public let errors: [JudgeError]
  /// How many such errors there are, listed or not.
  public let errorCount: Int
  /// Refusal rates of systems.
  public let rates: [RateConclusion]
  /// Effects of edits.
  public let edits: [EditConclusion]
  /// Rankings of systems.
  public let rankings: [RankingConclusion]
  /// Where the variance of verdicts comes from.
  public let variance: [(scope: ItemScope, shares: Statistic<VarianceShares>)]
  /// Rates corrected by human labels.
  public let corrected: [CorrectedRate]
  /// Effects of edits corrected by human labels.
  public let correctedEdits: [CorrectedDifference]
  /// Every way to reach each conclusion.
  public let multiverse: [MultiverseRow]
  /// Which judges a panel needs; nil without annotators or with fewer than two judges.
  public let panels: PanelChoice?

  /// Computes everything.
  public init(_ labels: AssessedLabels, options: Options = Options()) {
    let plan = options.plan
    let rule = options.reference ?? ReferenceRule.standard(for: labels)
    let reference = rule?.reference(labels)
    self.labels = labels
    self.plan = plan
    epsilon = options.epsilon
    self.rule = rule
    self.reference = reference
    let scopes = labels.scopes
    pairs = scopes.flatMap { scope in
      labels.judges.enumerated().flatMap { at, first in
        labels.judges[(at + 1)...].map { AgreementRow(labels, first, $0, scope: scope, plan: plan) }
      }
    }
    panel =
      labels.judges.count < 2 ? [] : scopes.map { PanelRow(labels, raters: labels.judges, scope: $0, plan: plan) }
    humans = labels.annotators.count < 2 ? nil : HumanCeiling(labels, plan: plan)
    humanPanel =
      labels.annotators.count < 2
      ? [] : scopes.map { PanelRow(labels, raters: labels.annotators, scope: $0, plan: plan) }
    if let rule, let reference {
      fidelity = Self.fidelity(labels, rule, reference, plan)
      underOtherRules = Self.underOtherRules(labels, except: rule, plan)
      breakdown = labels.breakdown(reference: reference)
      (errors, errorCount) = labels.errors(reference: reference)
      panels =
        labels.judges.count < 2
        ? nil
        : PanelChoice(
          labels,
          reference: reference,
          costs: options.costs,
          wanted: options.wantedAccuracy,
          byLowerEnd: options.byLowerEnd,
          plan: plan
        )
    } else {
      (fidelity, underOtherRules, breakdown, errors, errorCount, panels) = ([], [], [], [], 0, nil)
    }
    alternative = AlternativeRow.all(labels, epsilon: options.epsilon, plan: plan)
    noise = NoiseFloor.all(labels)
    let bySystem = scopes.map { ($0, labels.itemsBySystem($0)) }
    rates = bySystem.flatMap { scope, items in
      items.indices.filter { !items[$0].isEmpty }.map {
        RateConclusion(labels, system: $0, scope: scope, items: items)
      }
    }
    edits = bySystem.flatMap { EditConclusion.all(labels, scope: $0, items: $1) }
    rankings = bySystem.filter { _, items in items.count { !$0.isEmpty } > 1 }.map { scope, items in
      RankingConclusion(labels, scope: scope, items: items)
    }
    variance =
      labels.systemNames.count < 2 ? [] : scopes.map { ($0, VarianceShares.of(labels, scope: $0, plan: plan)) }
    corrected = CorrectedRate.all(labels, rules: rule.map { [$0] } ?? [], wantedWidth: options.wantedWidth)
    correctedEdits = CorrectedDifference.all(labels, rules: rule.map { [$0] } ?? [])
    multiverse = Multiverse.rows(labels, rule: rule)
  }

  private static func fidelity(
    _ labels: AssessedLabels,
    _ rule: ReferenceRule,
    _ reference: Labels,
    _ plan: BootstrapPlan
  ) -> [FidelityRow] {
    var raters: [(FidelityRow.Rater, Labels)] = labels.judges.map { (.column($0), labels.table.columns[$0]) }
    // An annotator against a reference of which it is a part flatters; its honest figure is in `humans`.
    raters += Floor.allCases.compactMap { floor in
      floor.labels(for: labels, reference: reference).map { (.floor(floor), $0) }
    }
    return labels.scopes.flatMap { scope in
      labels.certainties.flatMap { certainty in
        raters.map { rater, column in
          FidelityRow(
            labels,
            rater: rater,
            labels: column,
            rule: rule,
            reference: reference,
            scope: scope,
            certainty: certainty,
            bootstrap: plan
          )
        }
      }
    }
  }

  private static func underOtherRules(_ labels: AssessedLabels, except rule: ReferenceRule, _ plan: BootstrapPlan)
    -> [FidelityRow]
  {
    ReferenceRule.all(for: labels).filter { $0 != rule }.flatMap { other in
      let reference = other.reference(labels)
      return labels.scopes.flatMap { scope in
        labels.judges.map { judge in
          FidelityRow(
            labels,
            rater: .column(judge),
            labels: labels.table.columns[judge],
            rule: other,
            reference: reference,
            scope: scope,
            certainty: .any,
            bootstrap: plan
          )
        }
      }
    }
  }
}
