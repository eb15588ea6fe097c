internal import Endpoints
public import JudgeHost

/// What texts cost at a judge, from their lengths and the price in its entry alone.
public enum JudgePricing {
  /// What a load takes; nil for a judge that sends nothing to an endpoint.
  public static func cost(of declaration: JudgeDeclaration, _ load: JudgeLoad) -> JudgeCost? {
    declaration.estimate(items: load.items, bytes: load.bytes).map { estimate in
      JudgeCost(
        requests: estimate.requests.lowerBound,
        tokens: estimate.tokens,
        money: estimate.money,
        currency: estimate.currency
      )
    }
  }
}
