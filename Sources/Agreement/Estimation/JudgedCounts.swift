/// A judge's binary labels counted against a human's: the four cells on items that both labelled, and the judge alone on the
/// rest of the items that the judge labelled.
struct JudgedCounts {
  /// Items with both labels, the human as reference.
  let labelled: ClassCounts
  /// Items with the judge's label alone.
  let unlabelled: Int
  /// Those of them that the judge calls positive.
  let unlabelledPositives: Int

  /// - Parameter positive: the class taken as positive.
  init(human: Labels, judge: Labels, positive: Int) {
    precondition(human.count == judge.count, "both need the same items")
    var table = [[0, 0], [0, 0]]
    for item in 0..<judge.count {
      guard let truth = human[item], let label = judge[item] else { continue }
      table[truth == positive ? 1 : 0][label == positive ? 1 : 0] += 1
    }
    labelled = ClassCounts(PairCounts(table: table), positive: 1)
    var (unlabelled, positives) = (0, 0)
    for item in 0..<judge.count where human[item] == nil {
      guard let label = judge[item] else { continue }
      unlabelled += 1
      if label == positive { positives += 1 }
    }
    self.unlabelled = unlabelled
    unlabelledPositives = positives
  }
}
