public import JudgeKit
internal import Locking

/// What was sent to a judge's model or program, and what came back.
public struct JudgeExchange: Sendable {
  /// How it was asked.
  public enum Request: Sendable, Equatable {
    /// A chat to be answered.
    case complete(Chat, CompletionSettings)
    /// A chat with texts to be scored as its next turn.
    case score(Chat, choices: [String])
    /// A line to a program.
    case line(String)
  }

  /// What came back.
  public enum Answer: Sendable, Equatable {
    /// A text, and whether the token limit cut it.
    case text(String, truncated: Bool)
    /// Natural log-probabilities of the choices, and the probability of everything else.
    case scores([Double], massOutside: Double)
    /// No answer: a reason and its detail.
    case failure(AbstainReason, String?)
  }

  /// Which model or program.
  public let recipient: String
  /// How it was asked.
  public let request: Request
  /// What came back; nil for a program, whose answers are the verdicts' raw output.
  public let answer: Answer?
  /// Seconds until the answer to the whole batch, where it was measured.
  public let seconds: Double?
}

/// Listens to what judges of one host ask; for `judges try`.
public final class ExchangeRecorder: Sendable {
  private let kept = Locked<[JudgeExchange]>([])

  /// Starts with nothing heard.
  public init() {}

  /// Everything since the last call, in the order of the answers.
  public func take() -> [JudgeExchange] {
    kept.withLock { kept in
      defer { kept = [] }
      return kept
    }
  }

  func add(_ exchanges: [JudgeExchange]) { kept.withLock { $0 += exchanges } }

  /// The model with an ear at its door.
  func listening(to model: any LanguageModel) -> any LanguageModel { RecordingModel(model: model, recorder: self) }
}

/// Passes everything on and keeps a copy.
private struct RecordingModel: LanguageModel {
  let model: any LanguageModel
  let recorder: ExchangeRecorder

  var identity: String { model.identity }

  func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>] {
    try await heard(chats, { .complete($0, settings) }, { .text($0.text, truncated: $0.truncated) }) {
      try await model.complete(chats, settings: settings)
    }
  }

  func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    try await heard(
      chats,
      { .score($0, choices: choices) },
      { .scores($0.logProbabilities, massOutside: $0.massOutside) }
    ) {
      try await model.score(chats, choices: choices)
    }
  }

  private func heard<Value>(
    _ chats: [Chat],
    _ request: (Chat) -> JudgeExchange.Request,
    _ read: (Value) -> JudgeExchange.Answer,
    _ ask: () async throws -> [ModelReply<Value>]
  ) async throws -> [ModelReply<Value>] {
    let start = ContinuousClock.now
    let replies: [ModelReply<Value>]
    do { replies = try await ask() } catch {
      let answer = JudgeExchange.Answer.failure(.crashed, "\(error)")
      recorder.add(
        chats.map { JudgeExchange(recipient: identity, request: request($0), answer: answer, seconds: nil) }
      )
      throw error
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    recorder.add(
      zip(chats, replies).map { chat, reply in
        let answer: JudgeExchange.Answer =
          switch reply {
          case .value(let value): read(value)
          case .abstain(let reason, let detail), .fatal(let reason, let detail), .retry(_, let reason, let detail):
            .failure(reason, detail)
          }
        return JudgeExchange(recipient: identity, request: request(chat), answer: answer, seconds: seconds)
      }
    )
    return replies
  }
}
