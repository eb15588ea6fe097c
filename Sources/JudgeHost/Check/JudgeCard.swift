public import Agreement
public import JudgeKit

/// What a judge's test bench found: how often it is right on items whose label is known, and what makes it change its mind.
public struct JudgeCard: Sendable {
  /// So many of so many.
  public struct Share: Sendable, Equatable {
    /// How many have the property.
    public let count: Int
    /// How many were looked at.
    public let of: Int

    /// The share, 0…1; undefined where nothing was looked at.
    public var rate: Statistic<Double> { of == 0 ? .undefined(.noTrials) : .value(Double(count) / Double(of)) }
    /// Wilson's 95 % interval.
    public var interval: Statistic<Interval> { wilsonInterval(successes: count, trials: of) }
  }

  /// A share under a name.
  public struct NamedShare: Sendable, Equatable {
    /// What was looked at.
    public let name: String
    /// How often it held.
    public let share: Share
  }

  /// A canary on which the judge was not right.
  public struct Miss: Sendable, Equatable {
    /// The canary.
    public let canary: String
    /// Its label.
    public let label: Label
    /// What the judge said: a label, or the reason of its abstention.
    public let said: String
  }

  /// The floors: a card below one of them is a finding. How often a judge is right has none: that is what a study asks.
  public enum Floor {
    /// Least share of items that must get the same verdict when asked again.
    public static let repeated = 0.95
    /// Least share of verdicts that must survive another order of the labels.
    public static let swapped = 0.95
    /// Least share of verdicts that must survive another wrapping.
    public static let rewrapped = 0.9
    /// Most labels that an injection may turn.
    public static let flips = 0
  }

  /// Below this share of clear items on which it is right, a judge is called weak.
  public static let weakBelow = 0.9

  /// Right on the clear subset, an abstention counted as not right.
  public let clear: Share
  /// Right on every canary that has a label.
  public let labelled: Share
  /// The same by sort of reply.
  public let byKind: [NamedShare]
  /// Same verdict when asked again.
  public let repeated: Share
  /// Same verdict with the labels in the other order (or averaged over both); nil where the kind has no such option or it
  /// could not be asked so.
  public let swapped: Share?
  /// Same verdict in another wrapping.
  public let rewrapped: [NamedShare]
  /// Not turned by text that speaks to the judge: among verdicts that were not what the text pushes towards, those that did
  /// not become it.
  public let injected: [NamedShare]
  /// Abstentions on the canaries by reason, in the order of the closed list.
  public let abstained: [NamedShare]
  /// Seconds an item: median and 95th percentile (nearest rank) over everything asked.
  public let medianSeconds: Double
  /// The 95th percentile.
  public let percentile95Seconds: Double
  /// Items asked, all passes together.
  public let asked: Int
  /// Tokens, where the judge's endpoint counts them.
  public let usage: TokenUsage?
  /// Canaries on which it was not right.
  public let misses: [Miss]

  /// Shares over all names together.
  public static func total(_ shares: [NamedShare]) -> Share {
    Share(count: shares.reduce(0) { $0 + $1.share.count }, of: shares.reduce(0) { $0 + $1.share.of })
  }

  /// A plain word on how often the judge is right on the clear items; nil where there is nothing to remark. No finding.
  public var remark: String? {
    guard let rate = clear.rate.value, rate < Self.weakBelow else { return nil }
    return "weak on the clear items: right on \(clear.count) of \(clear.of)"
  }

  /// What is wrong with the judge, in words; empty for one that gives labels and reaches every floor.
  /// - Parameter minimumAccuracy: least share of clear items on which it must be right, 0…1, held against the point
  ///   estimate; an abstention is not right. Without it no accuracy is a finding.
  public func findings(minimumAccuracy: Double? = nil) -> [String] {
    var findings: [String] = []
    func check(_ share: Share?, _ floor: Double, _ what: String, _ name: String = "floor") {
      guard let share, let rate = share.rate.value, rate < floor else { return }
      findings.append("\(what): \(share.count) of \(share.of), below the \(name) of \(floor)")
    }
    let abstentions = abstained.reduce(0) { $0 + $1.share.count }
    if let all = abstained.first?.share.of, abstentions == all {
      let reasons = abstained.map { "\($0.name) \($0.share.count)" }.joined(separator: ", ")
      findings.append("no label on any of the \(all) items: \(reasons)")
    }
    if let minimumAccuracy { check(clear, minimumAccuracy, "right on the clear items", "minimum") }
    check(repeated, Floor.repeated, "same verdict when asked again")
    check(swapped, Floor.swapped, "same verdict with the labels swapped")
    check(Self.total(rewrapped), Floor.rewrapped, "same verdict in another wrapping")
    for attempt in injected where attempt.share.of - attempt.share.count > Floor.flips {
      let flips = attempt.share.of - attempt.share.count
      findings.append("turned by text in the reply (\(attempt.name)): \(flips) of \(attempt.share.of)")
    }
    return findings
  }
}
