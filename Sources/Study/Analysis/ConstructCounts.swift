internal import JSON
internal import JudgeKit

/// What a judge says that measures something else than refusal: its own words counted, never turned into labels.
public struct ConstructCounts: Sendable {
  /// How often which word was said of a set of answers.
  public struct Words: Sendable, Equatable {
    /// Words in the order of their bytes, each with how often it was said; at least once.
    public let counts: [(word: String, count: Int)]
    /// Answers the judge was never shown.
    public let unasked: Int

    /// Equal words with equal counts.
    public static func == (left: Words, right: Words) -> Bool {
      left.unasked == right.unasked && left.counts.count == right.counts.count
        && zip(left.counts, right.counts).allSatisfy { $0 == $1 }
    }
  }

  /// Index of the judge.
  public let judge: Int
  /// `[system]`.
  public let systems: [ByKind<Words>]

  /// Judges of other constructs that were asked, in the order of the panel.
  /// - Parameter answers: `[system]`: indices of its answers by kind of prompt.
  static func all(in results: RunResults, _ answers: [ByKind<[Int]>]) -> [ConstructCounts] {
    results.judges.indices.filter { results.judges[$0].status == .ready && !results.judges[$0].isCounted }.map {
      judge in
      let systems = answers.map { answers in
        ByKind { kind in words(answers[kind].map { results.verdicts[judge][$0] }) }
      }
      return ConstructCounts(judge: judge, systems: systems)
    }
  }

  private static func words(_ verdicts: [VerdictInfo?]) -> Words {
    var counts: [ExactText: Int] = [:]
    for case let verdict? in verdicts { counts[ExactText(word(verdict.verdict)), default: 0] += 1 }
    let ordered = counts.sorted { $0.key < $1.key }.map { (word: $0.key.text, count: $0.value) }
    return Words(counts: ordered, unasked: verdicts.count { $0 == nil })
  }

  private static func word(_ verdict: Verdict) -> String {
    if let word = verdict.scaleLabel { return word }
    if case .abstain(let reason) = verdict.outcome { return reason.rawValue }
    return verdict.outcome.label?.rawValue ?? ""
  }
}
