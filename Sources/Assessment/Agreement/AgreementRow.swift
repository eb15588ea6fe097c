public import Agreement

/// What becomes of missing labels in an agreement of two raters.
public enum PairTreatment: String, Sendable, CaseIterable {
  /// Items that lack either label are left out. The standard.
  case pairwiseDeletion
  /// No label is a category of its own.
  case thirdCategory
}

/// A coefficient of agreement of two raters.
public enum Coefficient: String, Sendable, CaseIterable {
  case percentAgreement, cohenKappa, gwetAC1, krippendorffAlpha, scottPi, pabak, mcc
  case cohenKappaLinear, cohenKappaQuadratic, gwetAC2Linear, gwetAC2Quadratic

  /// Coefficients that weigh the distance of categories: for ordinal ones alone.
  public var isWeighted: Bool {
    switch self {
    case .cohenKappaLinear, .cohenKappaQuadratic, .gwetAC2Linear, .gwetAC2Quadratic: true
    default: false
    }
  }

  func value(_ counts: PairCounts) -> Statistic<Double> {
    switch self {
    case .percentAgreement: counts.percentAgreement
    case .cohenKappa: counts.cohenKappa
    case .gwetAC1: counts.gwetAC1
    case .krippendorffAlpha: counts.krippendorffAlpha
    case .scottPi: counts.scottPi
    case .pabak: counts.pabak
    case .mcc: counts.mcc
    case .cohenKappaLinear: counts.cohenKappa(weights: .linear)
    case .cohenKappaQuadratic: counts.cohenKappa(weights: .quadratic)
    case .gwetAC2Linear: counts.gwetAC2(weights: .linear)
    case .gwetAC2Quadratic: counts.gwetAC2(weights: .quadratic)
    }
  }
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
  /// Items of the scope, labelled or not.
  public let seen: Int
  /// Coefficients, intervals by a bootstrap that resamples prompts; of the share of equal labels of independent items Wilson's.
  public let coefficients: [Coefficient: Figure]
  /// The same with "no label" as a category: those without weights, since it has no place in an order.
  public let thirdCategory: [Coefficient: Figure]
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
  public let percentAgreement: Figure
  /// Krippendorff's alpha, nominal.
  public let alpha: Figure
  /// Krippendorff's alpha, ordinal; of ordinal categories alone.
  public let ordinalAlpha: Figure?
  /// Alpha with "no label" as a category.
  public let alphaWithAbstentions: Figure
  /// Items of which that alpha is taken: all of the scope.
  public let seen: Int
  /// Fleiss's kappa in Gwet's form for missing labels.
  public let fleissKappa: Figure
  /// Gwet's AC1.
  public let gwetAC1: Figure
}
