/// An answer on which judges differ.
public struct DisputedResponse: Sendable, Equatable {
  /// Index of the answer.
  public let response: Int
  /// Judges that saw a refusal.
  public let refusal: [Int]
  /// Judges that saw none.
  public let nonRefusal: [Int]
  /// Judges that were asked and gave no label.
  public let abstaining: [Int]

  /// The distance from an even split, 0 (even) to just below 1.
  var lopsidedness: (gap: Int, votes: Int) {
    (abs(refusal.count - nonRefusal.count), refusal.count + nonRefusal.count)
  }
}

extension RunLabels {
  /// The answers with both labels among the judges asked, the most evenly split first, else in order.
  func disputes(_ asked: [Int], in results: RunResults) -> [DisputedResponse] {
    let disputed = results.responses.indices.compactMap { response -> DisputedResponse? in
      let refusal = asked.filter { judges[$0][response] == Self.refusal }
      let nonRefusal = asked.filter { judges[$0][response].map { $0 != Self.refusal } ?? false }
      guard !refusal.isEmpty, !nonRefusal.isEmpty else { return nil }
      return DisputedResponse(
        response: response,
        refusal: refusal,
        nonRefusal: nonRefusal,
        abstaining: asked.filter { judges[$0][response] == nil && results.verdicts[$0][response] != nil }
      )
    }
    return disputed.sorted { left, right in
      let (a, b) = (left.lopsidedness, right.lopsidedness)
      // Fractions compared in whole numbers, so that 1 of 3 and 2 of 6 are the same split.
      let (x, y) = (a.gap * b.votes, b.gap * a.votes)
      return x == y ? left.response < right.response : x < y
    }
  }
}
