public import Agreement
internal import Glibc

/// How the votes of a panel become one label.
public enum VoteRule: Sendable, Equatable {
  /// The label of more than half of the votes given; a tie is no label.
  case majority
  /// The label all votes given share; else no label.
  case unanimous
  /// The label with the larger sum of weights, one weight a judge in the order of the panel; equal sums are no label.
  case weighted([Double])

  /// What to call it.
  public var name: String {
    switch self {
    case .majority: "majority"
    case .unanimous: "unanimous, else abstain"
    case .weighted: "weighted"
    }
  }

  /// The panel's label of each item; an item without a vote has none.
  public func labels(_ columns: [Labels]) -> Labels {
    let count = columns.first?.count ?? 0
    return Labels((0..<count).lazy.map { item in label(columns.map { $0[item] }) })
  }

  private func label(_ votes: [Int?]) -> Int? {
    let given = votes.compactMap { $0 }
    guard let first = given.first else { return nil }
    switch self {
    case .unanimous: return given.allSatisfy { $0 == first } ? first : nil
    case .majority:
      var counts: [Int: Int] = [:]
      for vote in given { counts[vote, default: 0] += 1 }
      return counts.first { 2 * $0.value > given.count }?.key
    case .weighted(let weights):
      var sums: [Int: Double] = [:]
      for (vote, weight) in zip(votes, weights) { if let vote { sums[vote, default: 0] += weight } }
      guard let most = sums.values.max(), most > 0 else { return nil }
      let winners = sums.filter { $0.value == most }
      return winners.count == 1 ? winners.first?.key : nil
    }
  }

  /// Weights of the log-odds kind, ln(a/(1−a)) of each judge's accuracy a against the panel's own consensus by Dawid and
  /// Skene's model: no reference label is looked at. They are the optimal weights of independent voters (Nitzan & Paroush
  /// 1982); accuracies are kept within 0.01…0.99 so that no judge becomes a dictator.
  public static func consensusWeights(_ panel: LabelTable) -> [Double] {
    let consensus = Labels(DawidSkene(panel).labels.map(\.value))
    return panel.columns.map { column in
      var (right, count) = (0, 0)
      for item in 0..<column.count {
        guard let label = column[item], let truth = consensus[item] else { continue }
        count += 1
        if label == truth { right += 1 }
      }
      guard count > 0 else { return 0 }
      let accuracy = min(0.99, max(0.01, Double(right) / Double(count)))
      // A judge that is worse than a coin has no say: its vote alone would count for what it speaks against.
      return max(0, log(accuracy / (1 - accuracy)))
    }
  }
}
