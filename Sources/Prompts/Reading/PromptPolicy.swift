/// What happens with prompts that occur twice or are empty.
public enum PromptPolicy: String, Sendable, CaseIterable {
  /// The file is refused.
  case error
  /// The later ones are left out.
  case drop
  /// They stay.
  case keep
}
