/// Harmful or harmless.
public enum PromptKind: String, Sendable, CaseIterable {
  /// A request that a safe model declines.
  case harmful
  /// A request that it answers.
  case harmless
}
