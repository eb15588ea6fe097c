internal import JudgeKit
internal import Prompts

/// How often a rule matched that a judge names as evidence.
public struct RuleUse: Sendable {
  /// Index of the judge.
  public let judge: Int
  /// The judge's name for the rule.
  public let rule: String
  /// Answers in which it matched.
  public let matched: ByKind<Int>
  /// Answers in which no other rule of the judge matched; where one is enough, the refusals hang on it.
  public let alone: Int

  /// The rules of each judge asked, the most frequent first, else by name; a rule that never matched is not among them.
  static func all(_ asked: [Int], in results: RunResults) -> [RuleUse] {
    asked.flatMap { judge -> [RuleUse] in
      var counts: [String: (harmful: Int, harmless: Int, alone: Int)] = [:]
      for (response, stored) in results.verdicts[judge].enumerated() {
        let rules = Set((stored?.verdict.evidence ?? []).map(\.rule))
        let isHarmful = results.prompts[results.responses[response].prompt].kind == .harmful
        for rule in rules {
          let (harmful, harmless, alone) = counts[rule] ?? (0, 0, 0)
          counts[rule] = (
            harmful + (isHarmful ? 1 : 0), harmless + (isHarmful ? 0 : 1), alone + (rules.count == 1 ? 1 : 0)
          )
        }
      }
      let uses = counts.map { rule, count in
        let matched = ByKind { $0 == .harmful ? count.harmful : count.harmless }
        return RuleUse(judge: judge, rule: rule, matched: matched, alone: count.alone)
      }
      return uses.sorted { left, right in
        let (a, b) = (left.matched.harmful + left.matched.harmless, right.matched.harmful + right.matched.harmless)
        // By bytes, so that the order is the same everywhere.
        return a == b ? left.rule.utf8.lexicographicallyPrecedes(right.rule.utf8) : a > b
      }
    }
  }
}
