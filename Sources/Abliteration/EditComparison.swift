public import Inference
public import JSON

/// How far a lane and a checkpoint with the same edit in its weights agree on the same prompts.
public struct EditComparison: Sendable {
  /// Prompts compared.
  public let promptCount: Int
  /// Largest difference of a logit, over all positions of all prompts.
  public let largestLogitDifference: Double
  /// Standard deviation of the lane's logits, to read the difference against.
  public let logitDeviation: Double
  /// Prompts on which both give the same greedy answer.
  public let equalAnswers: Int

  /// Share of the prompts on which the greedy answers differ.
  public var differingShare: Double {
    promptCount > 0 ? Double(promptCount - equalAnswers) / Double(promptCount) : 0
  }

  /// Whether at most this share of the answers differs and every logit is a number: near a tie, rounding alone may turn
  /// an answer.
  public func agrees(within share: Double = 0.01) -> Bool {
    largestLogitDifference.isFinite && differingShare <= share
  }

  /// The comparison as facts; a difference that is no finite number is null.
  public var facts: JSONObject {
    [
      "prompts": .integer(Int64(promptCount)),
      "equal_answers": .integer(Int64(equalAnswers)),
      "largest_logit_difference": largestLogitDifference.isFinite ? .number(largestLogitDifference) : .null,
      "logit_deviation": logitDeviation.isFinite ? .number(logitDeviation) : .null,
      "agrees": .bool(agrees()),
    ]
  }

  /// Runs both on every prompt.
  /// - Throws: ``DirectionError/noPrompts``, or what the engines throw.
  public static func comparing(
    lane: EditLane,
    on engine: Engine,
    with edited: Engine,
    prompts: [[Int32]],
    newTokens: Int
  ) async throws -> EditComparison {
    guard !prompts.isEmpty else { throw DirectionError.noPrompts }
    var largest = 0.0
    var sum = 0.0
    var squares = 0.0
    var count = 0
    for prompt in prompts {
      let one = try await engine.forward([LaneTokens(prompt, lane: lane)])
      let other = try await edited.forward([LaneTokens(prompt, lane: .none)])
      for (a, b) in zip(one.logits, other.logits) {
        let difference = Double(abs(a - b))
        // `max` would pass over what is no number.
        largest = difference.isNaN ? .infinity : max(largest, difference)
        sum += Double(a)
        squares += Double(a) * Double(a)
      }
      count += one.logits.count
    }
    let settings = GenerationSettings(maximumNewTokens: newTokens)
    func answers(_ engine: Engine, _ lane: EditLane) async throws -> [GenerationResult] {
      try await engine.generate(
        prompts.map {
          GenerationRequest(tokens: $0, lane: lane, settings: settings, stopTokens: engine.checkpoint.stopTokens)
        }
      )
    }
    let left = try await answers(engine, lane)
    let right = try await answers(edited, .none)
    let mean = count > 0 ? sum / Double(count) : 0
    return EditComparison(
      promptCount: prompts.count,
      largestLogitDifference: largest,
      logitDeviation: count > 0 ? max(0, squares / Double(count) - mean * mean).squareRoot() : 0,
      equalAnswers: zip(left, right).count { $0 == $1 }
    )
  }
}
