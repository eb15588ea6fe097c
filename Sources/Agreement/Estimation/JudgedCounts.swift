/// A judge's binary labels counted against a human's: the four cells on items that both labelled, and the judge alone on the
/// rest of the items that the judge labelled.
struct JudgedCounts {
  private(set) var truePositives = 0
  private(set) var falsePositives = 0
  private(set) var falseNegatives = 0
  private(set) var trueNegatives = 0
  private(set) var unlabelledPositives = 0
  private(set) var unlabelled = 0

  /// - Parameter positive: the class taken as positive.
  init(human: Labels, judge: Labels, positive: Int) {
    precondition(human.count == judge.count, "both need the same items")
    human.withCodes { humans in
      judge.withCodes { judges in
        for (truth, label) in zip(humans, judges) where label != 255 {
          let said = Int(label) == positive
          if truth == 255 {
            unlabelled += 1
            if said { unlabelledPositives += 1 }
          } else {
            switch (Int(truth) == positive, said) {
            case (true, true): truePositives += 1
            case (false, true): falsePositives += 1
            case (true, false): falseNegatives += 1
            case (false, false): trueNegatives += 1
            }
          }
        }
      }
    }
  }
}
