internal import Foundation
public import JudgeKit

/// Reads the probability of each choice from the likeliest first tokens that an endpoint tells.
public enum FirstTokenScores {
  /// How many tokens are asked for; the most that hosted endpoints tell.
  public static let topTokens = 20

  /// Scores the choices. A token counts for a choice when the choice begins with it, white space around it aside; one with
  /// which several choices begin, or none, counts for none.
  ///
  /// The endpoint's tokens are known by their texts only, so a token can be any beginning of a choice.
  public static func read(_ tokens: [ChatAnswer.TokenLogProbability], choices: [String]) -> ChoiceScores {
    var masses = [Double](repeating: 0, count: choices.count)
    for token in tokens {
      let text = token.token.trimmingCharacters(in: .whitespacesAndNewlines)
      // Some servers write "impossible" as a large negative number, which is one; anything above 0 is nonsense.
      guard !text.isEmpty, token.value <= 0 else { continue }
      let matches = choices.indices.filter { choices[$0].utf8.starts(with: text.utf8) }
      if matches.count == 1, let only = matches.first { masses[only] += exp(token.value) }
    }
    let sum = masses.reduce(0, +)
    // Rounded log-probabilities may add up to a little more than 1.
    let scale = sum > 1 ? 1 / sum : 1
    return ChoiceScores(logProbabilities: masses.map { log($0 * scale) }, massOutside: max(0, 1 - sum))
  }
}
