public import JudgeHost
internal import JudgeKit

/// What texts cost at a judge, from their lengths alone.
public enum JudgePricing {
  /// Tokens that the wording of a question, the chat template and the answer take, at least and at most.
  private static let overhead = 20...600
  /// Bytes of UTF-8 a token: English prose has about four, other scripts down to one.
  private static let bytesPerToken = (least: 1, most: 5)

  /// What a load takes; nil for a judge that sends nothing to an endpoint.
  public static func cost(of declaration: JudgeDeclaration, _ load: JudgeLoad) -> JudgeCost? {
    guard declaration.kind.options.contains(where: { $0.key == "endpoint" }) else { return nil }
    let low = load.bytes.lowerBound / bytesPerToken.most + load.items * overhead.lowerBound
    let high = load.bytes.upperBound / bytesPerToken.least + load.items * overhead.upperBound
    return JudgeCost(requests: load.items, tokens: low...high, money: nil, currency: nil)
  }
}
