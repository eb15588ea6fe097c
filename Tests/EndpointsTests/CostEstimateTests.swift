import Endpoints
import JudgeKit
import Testing

@Suite("Estimated cost", .timeLimit(.minutes(10)))
struct CostEstimateTests {
  private let price = TokenPrice(input: 2, output: 10, currency: "EUR")

  private func estimate(_ bytes: [Int], requests: Int = 1, attempts: Int = 5) -> CostEstimate {
    CostEstimate(
      .init(
        items: bytes.count,
        bytes: bytes.reduce(0, +)...bytes.reduce(0, +),
        frameBytes: 600,
        requestsPerItem: requests,
        maximumTokens: 16,
        attempts: attempts
      ),
      price: price
    )
  }

  @Test("nothing to ask costs nothing")
  func nothing() {
    let estimate = estimate([])
    #expect(estimate.requests == 0...0 && estimate.tokens == 0...0 && estimate.money == 0...0)
  }

  @Test("bounds worked out by hand")
  func byHand() {
    let estimate = estimate([600, 1200])
    #expect(estimate.requests == 2...10)
    // 3000 bytes: 500 + 8 tokens asked and 2 answered; 1500 + 32 asked and 32 answered.
    #expect(estimate.tokens == 510...1564)
    let money = estimate.money ?? 0...0
    #expect(abs(money.lowerBound - 0.001036) < 1e-12)
    #expect(abs(money.upperBound - 0.003384) < 1e-12)
    #expect(estimate.currency == "EUR")
  }

  @Test("samples multiply everything")
  func samples() {
    let (one, six) = (estimate([600, 1200]), estimate([600, 1200], requests: 6))
    #expect(six.requests.lowerBound == 6 * one.requests.lowerBound)
    #expect(six.tokens == 6 * one.tokens.lowerBound...6 * one.tokens.upperBound)
  }

  @Test("what a request is expected to use lies inside the bounds", arguments: [0, 1, 5, 100, 5000])
  func agrees(bytes: Int) {
    let chat = Chat(user: String(repeating: "x", count: bytes + 600))
    let expected = TokenEstimate.most(chat, CompletionSettings(maximumTokens: 16))
    #expect(estimate([bytes]).tokens.contains(expected.prompt + expected.completion))
  }
}
