internal import Prompts

/// What a run file says of evaluation prompts that also serve the direction.
enum AllowedLeak {
  private static let group = "leak"
  private static let name = "allowed"
  private static let shown = 20

  /// How many, which, and by what rule.
  static func facts(_ check: LeakCheck) -> [Fact] {
    let pairs = check.leaks.prefix(shown).map { leak in
      "\(leak.evaluation.place) = \(leak.direction.place) (\(leak.shownLikeness))"
    }
    let more = check.leaks.count > shown ? ["… and \(check.leaks.count - shown) more"] : []
    return [
      Fact(group: group, name: name, value: check.summary),
      Fact(group: group, name: "rule", value: check.ruleText),
      Fact(group: group, name: "prompts", value: (pairs + more).joined(separator: "; ")),
    ]
  }

  /// The sentence of a run that has any.
  static func summary(_ facts: [Fact]) -> String? { facts.first { $0.group == group && $0.name == name }?.value }
}

extension RunResults {
  /// What the run has to say of evaluation prompts that also serve the direction, where `--allow-leak` let it: its effects
  /// of edits are flattered. Nil for a run without.
  public var allowedLeak: String? { AllowedLeak.summary(provenance) }
}
