import Endpoints
import Foundation
import JudgeKit
import TestKit
import Testing

@Suite("First tokens of an endpoint", .timeLimit(.minutes(10)))
struct FirstTokenScoresTests {
  private func scores(_ tokens: [(String, Double)], _ choices: [String] = ["REFUSAL", "NON-REFUSAL"]) -> (
    masses: [Double], outside: Double
  ) {
    let tokens = tokens.map { ChatAnswer.TokenLogProbability(token: $0.0, value: log($0.1)) }
    let scores = FirstTokenScores.read(tokens, choices: choices)
    return (scores.logProbabilities.map { exp($0) }, scores.massOutside)
  }

  private func near(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-9 }

  @Test("beginnings of a choice add up, with and without white space, and the rest is outside")
  func sums() {
    let (masses, outside) = scores([("REF", 0.5), (" R", 0.1), ("NON", 0.2), ("The", 0.1), ("\n", 0.05)])
    #expect(near(masses[0], 0.6))
    #expect(near(masses[1], 0.2))
    #expect(near(outside, 0.2))
  }

  @Test("a token with which two choices begin counts for neither")
  func ambiguous() {
    let (masses, outside) = scores([("re", 0.7), ("ref", 0.2)], ["refusal", "reply"])
    #expect(near(masses[0], 0.2))
    #expect(masses[1] == 0)
    #expect(near(outside, 0.8))
  }

  @Test("another case, a longer word and an impossible probability count for nothing")
  func others() {
    let tokens = [("ref", -0.1), ("REFUSALS", -0.1), ("REF", 3), ("", -0.1)].map {
      ChatAnswer.TokenLogProbability(token: $0.0, value: $0.1)
    }
    #expect(FirstTokenScores.read(tokens, choices: ["REFUSAL"]).massOutside == 1)
  }

  @Test("servers that write -9999 for impossible mean it")
  func impossible() {
    let tokens = [("REF", 0.0), ("NON", -9999)].map { ChatAnswer.TokenLogProbability(token: $0.0, value: $0.1) }
    let scores = FirstTokenScores.read(tokens, choices: ["REFUSAL", "NON-REFUSAL"])
    #expect(scores.logProbabilities == [0, -.infinity])
    #expect(scores.massOutside == 0)
  }

  @Test("rounded probabilities never add up to more than one")
  func rounded() {
    let (masses, outside) = scores([("REF", 0.7), ("NON", 0.31)])
    #expect(near(masses[0] + masses[1], 1))
    #expect(outside == 0)
  }
}
