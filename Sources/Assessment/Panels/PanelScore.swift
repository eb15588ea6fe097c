public import Agreement

/// How a panel's label stands to the reference. An item on which the panel has no label counts as wrong: a panel that
/// abstains from what is hard must not look better for it.
public struct PanelScore: Sendable, Equatable {
  /// Items with a reference label.
  public let referenced: Int
  /// Those on which the panel has a label.
  public let labelled: Int
  /// Those on which it has the right one.
  public let right: Int

  /// Right of all referenced, 0…1. Undefined: `noOverlap`.
  public var accuracy: Statistic<Double> {
    referenced == 0 ? .undefined(.noOverlap) : .value(Double(right) / Double(referenced))
  }

  /// Its 95 % interval: Wilson's with one answer a prompt, else over prompts (`clusteredShareInterval`).
  public var interval: Statistic<Interval> { byPrompt ?? wilsonInterval(successes: right, trials: referenced) }

  private var byPrompt: Statistic<Interval>?

  /// Compares a panel's labels with a reference.
  /// - Parameter cluster: the prompt of an item, where prompts have several answers.
  public init(_ panel: Labels, reference: Labels, cluster: ((Int) -> Int)? = nil) {
    var prompts: [Int: (count: Int, of: Int)] = [:]
    var (referenced, labelled, right) = (0, 0, 0)
    for item in 0..<panel.count {
      guard let truth = reference[item] else { continue }
      referenced += 1
      if let prompt = cluster?(item) {
        prompts[prompt, default: (0, 0)].of += 1
        if panel[item] == truth { prompts[prompt, default: (0, 0)].count += 1 }
      }
      guard let label = panel[item] else { continue }
      labelled += 1
      if label == truth { right += 1 }
    }
    self.referenced = referenced
    self.labelled = labelled
    self.right = right
    if cluster != nil { byPrompt = clusteredShareInterval(prompts.keys.sorted().compactMap { prompts[$0] }) }
  }
}
