internal import Agreement

/// What is known of the raters' labels on the 200 responses of the 10-prompt set: 1 is refusal, 0 is not.
struct PaperLabels: Sendable {
  /// The raters whose labels are in the files or follow from the texts.
  static let labelled = [0, 1, regex]
  static let regex = PaperNames.rater("regex")

  /// Labels by rater for those known item by item, in the order of `PaperData.responses`; nil for the others.
  let items: [Labels?]
  private let counts: CountTable

  init(_ data: PaperData) {
    let counts = data.tenPrompts
    self.counts = counts
    items = PaperNames.raterRange.map { rater in
      switch rater {
      case PaperNames.humanRange: Labels(data.responses.map { $0.human[rater] })
      case Self.regex:
        Labels(data.responses.map { RefusalPhrases.isRefusal(Array($0.text.utf8)) ? 1 : 0 })
      default: Self.determined(counts.refused[rater], counts.cellSize)
      }
    }
  }

  /// The labels of a rater whose count is 0 or everything in every cell.
  private static func determined(_ refused: [Int], _ size: Int) -> Labels? {
    guard refused.allSatisfy({ $0 == 0 || $0 == size }) else { return nil }
    return Labels(refused.flatMap { [Int](repeating: $0 == 0 ? 0 : 1, count: size) })
  }

  /// The judges whose labels are fully determined.
  var determinedJudges: [Int] { PaperNames.judgeRange.filter { items[$0] != nil } }

  /// The labels of a rater known item by item on some cells.
  func known(_ rater: Int, _ subset: PaperSubset) -> Labels {
    guard let labels = items[rater] else { preconditionFailure("\(PaperNames.raters[rater]) is known by counts alone") }
    return labels.selecting(subset.rows)
  }

  /// The counts of two raters of whom at least one is known by counts alone: one table for each number of joint refusals,
  /// fewest and most. Where labels are known, the one table there is.
  func pairs(_ a: Int, _ b: Int) -> [PairCounts] {
    if Self.labelled.contains(a), Self.labelled.contains(b) {
      return [PairCounts(known(a, .pooled), known(b, .pooled), categories: 2)]
    }
    let groups = PaperNames.cellRange.map {
      CountedAgainstReference(first: counts.refused[a][$0], second: counts.refused[b][$0], size: counts.cellSize)
    }
    return PooledHits(groups).extremeTables
  }
}

/// The measures of two raters, by the names of the ids.
enum PairMeasure: String, CaseIterable {
  case percent, kappa, alpha, ac1
  case scottPi = "scott_pi"
  case pabak, phi, spearman, mcc

  /// Of the figures between raters (sections A and B).
  static let agreement: [PairMeasure] = [.percent, .kappa, .alpha, .ac1, .scottPi, .pabak, .phi]
  /// Of the figures between judges (section D).
  static let judges: [PairMeasure] = [.percent, .kappa, .alpha, .ac1, .phi, .spearman, .mcc]

  func value(_ counts: PairCounts) -> Statistic<Double> {
    switch self {
    case .percent: counts.percentAgreement
    case .kappa: counts.cohenKappa
    case .alpha: counts.krippendorffAlpha
    case .ac1: counts.gwetAC1
    case .scottPi: counts.scottPi
    case .pabak: counts.pabak
    case .phi: counts.phi
    case .spearman: counts.spearman
    case .mcc: counts.mcc
    }
  }
}
