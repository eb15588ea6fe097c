/// Why a statistic does not exist.
public enum UndefinedReason: String, Error, Sendable, CaseIterable {
  /// No item carries both (two) labels.
  case noOverlap
  /// No item was labelled by every rater.
  case noCompleteItems
  /// Chance disagreement is 0: the ratio is 0/0.
  case zeroExpectedDisagreement
  /// A rater never varies.
  case constantRater
  /// Too few items for this statistic.
  case tooFewItems
  /// Too few raters with a label.
  case tooFewRaters
  /// The reference has no positive item.
  case noPositives
  /// The reference has no negative item.
  case noNegatives
  /// Nothing was labelled positive.
  case noPredictedPositives
  /// Nothing was labelled negative.
  case noPredictedNegatives
  /// The class is in neither reference nor prediction.
  case classAbsent
  /// The reference holds one class alone.
  case singleReferenceClass
  /// No pair differs.
  case noDiscordantPairs
  /// No item on which the raters differ.
  case noDiscordantItems
  /// The covariance matrix has no inverse.
  case singularCovariance
  /// Every item is tied over all raters.
  case allRowsTied
  /// Every rater is constant.
  case allRatersConstant
  /// Nothing varies.
  case noVariance
  /// No error variance: the interval would have no width.
  case noErrorVariance
  /// Nothing was counted.
  case noTrials
  /// The item has no vote.
  case noVotes
  /// The highest count of votes is shared.
  case tie
  /// The winner is not far enough ahead.
  case lowMargin
  /// No item (or one alone) has a human label.
  case noLabelled
  /// No item (or one alone) is without a human label.
  case noUnlabelled
  /// Sensitivity + specificity is at most 1: the judge is no better than a coin.
  case judgeNotInformative
  /// Fewer than two clusters.
  case tooFewClusters
  /// More than 5 % of the replicates are undefined.
  case tooManyUndefinedReplicates
  /// The BCa correction is infinite or the jackknife flat.
  case bcaDegenerate
  /// Too many ways to fill in missing labels to try them all.
  case tooManyFillings
  /// It counts decisions of tests, each with its own p: no quantity of the answers that an interval could cover.
  case countsDecisions
  /// Ranks jump where rates lie close, so that resampling them covers too little.
  case ranksJump
  /// A weight that an estimator chose, no quantity of the answers.
  case chosenWeight

  /// In words.
  public var explanation: String {
    switch self {
    case .noOverlap: "no item carries both labels"
    case .noCompleteItems: "no item was labelled by every rater"
    case .zeroExpectedDisagreement: "chance disagreement is zero"
    case .constantRater: "a rater never varies"
    case .tooFewItems: "there are too few items"
    case .tooFewRaters: "too few raters gave labels"
    case .noPositives: "the reference has no positive item"
    case .noNegatives: "the reference has no negative item"
    case .noPredictedPositives: "nothing was labelled positive"
    case .noPredictedNegatives: "nothing was labelled negative"
    case .classAbsent: "the class occurs in neither"
    case .singleReferenceClass: "the reference holds one class alone"
    case .noDiscordantPairs: "no pair differs"
    case .noDiscordantItems: "no item has raters that differ"
    case .singularCovariance: "the covariance matrix has no inverse"
    case .allRowsTied: "every item is tied over all raters"
    case .allRatersConstant: "every rater is constant"
    case .noVariance: "nothing varies"
    case .noErrorVariance: "there is no error variance"
    case .noTrials: "nothing was counted"
    case .noVotes: "nobody voted"
    case .tie: "the vote is tied"
    case .lowMargin: "the winner is not far enough ahead"
    case .noLabelled: "too few items have a human label"
    case .noUnlabelled: "too few items are without a human label"
    case .judgeNotInformative: "the judge is no better than a coin"
    case .tooFewClusters: "there are fewer than two clusters"
    case .tooManyUndefinedReplicates: "too many resamples have no value"
    case .tooManyFillings: "there are too many ways to fill in the missing labels"
    case .countsDecisions: "it counts decisions of tests, each of which has its own p"
    case .ranksJump: "ranks jump where rates lie close, and resampling does not cover that"
    case .chosenWeight: "it is a weight that the estimator chose"
    case .bcaDegenerate: "the BCa correction does not exist"
    }
  }
}
