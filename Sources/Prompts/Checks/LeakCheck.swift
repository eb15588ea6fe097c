public import JSON

/// Evaluation prompts that stand among the prompts a direction was read from, as they are or nearly so.
///
/// Such a prompt flatters the edit: the direction has seen it.
public struct LeakCheck: Sendable {
  /// An evaluation prompt and the direction prompt most like it.
  public struct Leak: Sendable, Equatable {
    /// The evaluation prompt.
    public let evaluation: PromptRow
    /// The direction prompt that is most like it, of equals the first.
    public let direction: PromptRow
    /// Jaccard index of the shingles, above the rule's threshold; 1 where the texts are equal in normal form.
    public let likeness: Double
    /// Whether the texts are equal in normal form.
    public let isExact: Bool
    /// How many direction prompts are exact or near duplicates.
    public let matches: Int

    /// What is wrong, without the place of the evaluation prompt.
    public var problem: String {
      isExact
        ? "this evaluation prompt also serves the direction (\(direction.place))"
        : "this evaluation prompt is nearly one that serves the direction (\(direction.place)); likeness \(shownLikeness)"
    }

    /// Two decimals, rounded down, so that what is near never reads as the same.
    public var shownLikeness: String {
      let hundredths = Int(likeness * 100 + 1e-9)
      return isExact || hundredths >= 100 ? (isExact ? "1.00" : "0.99") : "0.\(hundredths < 10 ? "0" : "")\(hundredths)"
    }
  }

  /// The rule.
  public let rule: NearRule
  /// Prompts looked at.
  public let counts: (direction: Int, evaluation: Int)
  /// The evaluation prompts that leak, in order.
  public let leaks: [Leak]

  /// Compares every evaluation prompt with every direction prompt.
  public init(direction: [PromptRow], evaluation: [PromptRow], rule: NearRule = .standard) {
    self.rule = rule
    counts = (direction.count, evaluation.count)
    let normal = direction.map { NormalText.of($0.text) }
    var exact: [ExactText: [Int]] = [:]
    for (index, text) in normal.enumerated() { exact[ExactText(text), default: []].append(index) }
    let index = NearIndex(normal.map(rule.shingles), threshold: rule.threshold)
    leaks = evaluation.compactMap { row in
      let text = NormalText.of(row.text)
      let same = exact[ExactText(text)] ?? []
      let near = index.matches(rule.shingles(text)) { normal[$0] != text }
      let matches = same.count + near.count
      if let first = same.first {
        return Leak(evaluation: row, direction: direction[first], likeness: 1, isExact: true, matches: matches)
      }
      guard let best = near.max(by: { ($0.likeness, -$0.index) < ($1.likeness, -$1.index) }) else { return nil }
      return Leak(
        evaluation: row,
        direction: direction[best.index],
        likeness: best.likeness,
        isExact: false,
        matches: matches
      )
    }
  }

  /// Evaluation prompts that stand among the direction prompts.
  public var exactCount: Int { leaks.count { $0.isExact } }
  /// Evaluation prompts that are nearly one of them.
  public var nearCount: Int { leaks.count - exactCount }
  /// Whether none leaks.
  public var isClean: Bool { leaks.isEmpty }

  /// `3 of 100 evaluation prompts also serve the direction (1 exactly, 2 nearly: …)`
  public var summary: String {
    guard !isClean else {
      return
        "none of \(counts.evaluation) evaluation prompts is among the \(counts.direction) direction prompts, nor nearly so"
    }
    let verb = leaks.count == 1 ? "serves" : "serve"
    return "\(leaks.count) of \(counts.evaluation) evaluation prompts also \(verb) the direction "
      + "(\(exactCount) exactly, \(nearCount) nearly)"
  }

  /// The rule in words.
  public var ruleText: String {
    "near: Jaccard index of \(rule.shingle.text) at least \(rule.threshold), after NFKC, case folding and white space"
  }

  /// Everything, with both places of each leak; prompts themselves stay where they are.
  public var json: JSONValue {
    let list = leaks.map { leak -> JSONValue in
      [
        "evaluation": .string(leak.evaluation.place.description),
        "direction": .string(leak.direction.place.description),
        "exact": .bool(leak.isExact),
        "likeness": .number(leak.likeness),
        "matches": .integer(Int64(leak.matches)),
      ]
    }
    return [
      "directionPrompts": .integer(Int64(counts.direction)),
      "evaluationPrompts": .integer(Int64(counts.evaluation)),
      "exact": .integer(Int64(exactCount)),
      "near": .integer(Int64(nearCount)),
      "rule": .string(ruleText),
      "leaks": .array(list),
    ]
  }
}
