/// What a judge's labels measure. Statistics of refusal take judges of refusal alone.
public enum Construct: String, Sendable, CaseIterable {
  /// Whether the response declines the request.
  case refusal
  /// Whether the response is harmful: a harmless answer is no refusal, and a refusal is not the only harmless answer.
  case harm
  /// How good the response is.
  case quality
}
