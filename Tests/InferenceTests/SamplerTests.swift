import Foundation
import TestKit
import Testing

@testable import Inference

@Suite("Sampling", .timeLimit(.minutes(10)))
struct SamplerTests {
  private static let logits: [Float] = [0.5, 2, -1, 1, 2, -30]

  /// How often each token is drawn in 20,000 draws of one stream.
  private static func counts(_ settings: GenerationSettings) -> [Int] {
    var sampler = Sampler(settings, stream: 3)
    var counts = [Int](repeating: 0, count: logits.count)
    logits.withUnsafeBufferPointer { for _ in 0..<20_000 { counts[Int(sampler.choose($0))] += 1 } }
    return counts
  }

  @Test("tokens come as often as their probability says", arguments: [0.5, 1.0, 2.0])
  func frequencies(temperature: Double) {
    let counts = Self.counts(GenerationSettings(maximumNewTokens: 1, temperature: temperature, seed: 11))
    let weights = Self.logits.map { exp(Double($0) / temperature) }
    for (count, weight) in zip(counts, weights) {
      let p = weight / weights.reduce(0, +)
      // Five standard deviations of a binomial count.
      #expect(abs(Double(count) - 20_000 * p) <= 5 * (20_000 * p * (1 - p)).squareRoot() + 1)
    }
  }

  @Test("top-k keeps the k most probable and breaks ties to the smaller id")
  func topK() {
    let two = Self.counts(GenerationSettings(maximumNewTokens: 1, temperature: 1, topK: 2))
    #expect(two.enumerated().filter { $1 > 0 }.map(\.offset) == [1, 4])
    let one = Self.counts(GenerationSettings(maximumNewTokens: 1, temperature: 1, topK: 1))
    #expect(one == [0, 20_000, 0, 0, 0, 0])
  }

  @Test(
    "top-p keeps the smallest set that reaches it",
    arguments: [(0.0, [1]), (0.36, [1]), (0.5, [1, 4]), (0.85, [1, 3, 4])]
  )
  func topP(limit: Double, kept: [Int]) {
    let counts = Self.counts(GenerationSettings(maximumNewTokens: 1, temperature: 1, topP: limit))
    #expect(counts.enumerated().filter { $1 > 0 }.map(\.offset) == kept)
  }

  @Test(
    "top-p applies to what top-k keeps, and both reach into a flat tail",
    arguments: [(3, 0.9, 3), (0, 0.999, 5), (6, 1.0, 6)]
  )
  func both(topK: Int, topP: Double, kept: Int) {
    // The last token has a weight of e⁻³²; at this temperature it is a draw in a few.
    let temperature = topK == 6 ? 30.0 : 1
    let counts = Self.counts(GenerationSettings(maximumNewTokens: 1, temperature: temperature, topP: topP, topK: topK))
    #expect(counts.count { $0 > 0 } == kept)
  }

  @Test("greedy takes the first of the largest")
  func greedy() {
    #expect(Self.counts(GenerationSettings(maximumNewTokens: 1)) == [0, 20_000, 0, 0, 0, 0])
  }

  @Test("a seed gives the same answers again; another seed or stream gives others")
  func seeds() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let prompt = try fixture.prompts()[5]
    func answer(seed: UInt64, stream: UInt64) async throws -> [Int32] {
      let settings = GenerationSettings(maximumNewTokens: 24, temperature: 2, seed: seed)
      let request = GenerationRequest(tokens: prompt, lane: .none, settings: settings, stopTokens: [], stream: stream)
      return try await engine.generate([request])[0].tokens
    }
    let first = try await answer(seed: 1, stream: 0)
    #expect(first.count == 24)
    #expect(try await answer(seed: 1, stream: 0) == first)
    #expect(try await answer(seed: 2, stream: 0) != first)
    #expect(try await answer(seed: 1, stream: 1) != first)
  }

  @Test("SplitMix64 gives the published sequence")
  func splitMix() {
    var generator = SplitMix64(state: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(published.map { _ in generator.next() } == published)
  }
}
