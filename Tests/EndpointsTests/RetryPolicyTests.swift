import Endpoints
import Testing

@Suite("Retry policy", .timeLimit(.minutes(10)))
struct RetryPolicyTests {
  private let policy = RetryPolicy(attempts: 9, baseSeconds: 0.5)

  @Test(
    "a pause is drawn between nothing and the doubled base, a minute at most",
    arguments: [(1, 0.5), (2, 1), (3, 2), (4, 4), (7, 32), (8, 60), (9, 60), (100, 60)] as [(Int, Double)]
  )
  func jitter(attempt: Int, limit: Double) {
    #expect(policy.pause(after: attempt, wish: nil, chance: 0) == 0)
    #expect(policy.pause(after: attempt, wish: nil, chance: 0.25) == limit / 4)
    #expect(policy.pause(after: attempt, wish: nil, chance: 0.999) < limit)
  }

  @Test("what the endpoint wishes is never undercut, and hardly exceeded", arguments: [0, 1.5, 20, 599] as [Double])
  func wish(seconds: Double) {
    for chance in [0, 0.3, 0.999] {
      let pause = policy.pause(after: 3, wish: seconds, chance: chance)
      #expect(pause >= seconds && pause < seconds + 0.5)
    }
  }

  @Test("without a base there is no pause")
  func noBase() {
    let policy = RetryPolicy(attempts: 3, baseSeconds: 0)
    #expect(policy.pause(after: 2, wish: nil, chance: 0.9) == 0)
    #expect(policy.pause(after: 2, wish: 3, chance: 0.9) == 3)
  }
}
