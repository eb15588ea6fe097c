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
  /// - Parameter items: how many there are, for a panel of nobody; nil to ask the columns.
  public func labels(_ columns: [Labels], items: Int? = nil) -> Labels {
    let count = items ?? columns.first?.count ?? 0
    if self == .majority { return Self.majority(columns, count) }
    return Labels((0..<count).lazy.map { item in label(columns.map { $0[item] }) })
  }

  /// The label of more than half of the votes in two passes without a count for each label: where one has more than half it
  /// outlasts all others (Boyer & Moore 1991, "MJRTY").
  private static func majority(_ columns: [Labels], _ count: Int) -> Labels {
    let none = UInt8(Labels.maximumCategories)
    let votes = columns.map { column in column.withCodes { Array($0) } }
    var codes = [UInt8](repeating: none, count: count)
    for item in 0..<count {
      var (candidate, lead, given) = (none, 0, 0)
      for column in votes {
        let vote = column[item]
        guard vote != none else { continue }
        given += 1
        if lead == 0 { candidate = vote }
        lead += vote == candidate ? 1 : -1
      }
      guard lead > 0 else { continue }
      var own = 0
      for column in votes where column[item] == candidate { own += 1 }
      if 2 * own > given { codes[item] = candidate }
    }
    return Labels(packed: codes)
  }

  private func label(_ votes: [Int?]) -> Int? {
    let given = votes.compactMap { $0 }
    guard let first = given.first else { return nil }
    switch self {
    case .unanimous: return given.allSatisfy { $0 == first } ? first : nil
    case .majority: return given.first { vote in 2 * given.count { $0 == vote } > given.count }
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
