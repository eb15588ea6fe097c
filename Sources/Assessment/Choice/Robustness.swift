/// Whether a conclusion would survive another judge.
public enum Robustness: String, Sendable, CaseIterable {
  /// Every judge lets one conclude the same.
  case robust
  /// It depends on which judge is asked.
  case judgeDependent
  /// No judge lets one conclude anything.
  case undetermined

  /// In words.
  public var words: String {
    switch self {
    case .robust: "robust"
    case .judgeDependent: "judge-dependent"
    case .undetermined: "undetermined"
    }
  }
}
