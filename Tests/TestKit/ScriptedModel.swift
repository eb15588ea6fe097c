public import JudgeKit
import Locking

/// A model that answers by script and remembers what it was asked.
public final class ScriptedModel: LanguageModel {
  /// Its name.
  public let identity: String
  private let answer: @Sendable (Chat) -> ModelReply<Completion>
  private let scores: @Sendable (Chat, [String]) -> ModelReply<ChoiceScores>
  private let log = Locked<(chats: [Chat], choices: [[String]], settings: [CompletionSettings])>(([], [], []))

  /// Makes a model; what has no script abstains as out of scope.
  public init(
    identity: String = "scripted",
    answer: @escaping @Sendable (Chat) -> ModelReply<Completion> = { _ in .abstain(.outOfScope, detail: "no script") },
    scores: @escaping @Sendable (Chat, [String]) -> ModelReply<ChoiceScores> = { _, _ in
      .abstain(.outOfScope, detail: "no script")
    }
  ) {
    self.identity = identity
    self.answer = answer
    self.scores = scores
  }

  /// Always answers this text.
  public convenience init(identity: String = "scripted", text: String, truncated: Bool = false) {
    self.init(identity: identity, answer: { _ in .value(Completion(text: text, truncated: truncated)) })
  }

  /// Always gives the choices these log-probabilities.
  public convenience init(identity: String = "scripted", logProbabilities: [Double], massOutside: Double) {
    self.init(
      identity: identity,
      scores: { _, _ in .value(ChoiceScores(logProbabilities: logProbabilities, massOutside: massOutside)) }
    )
  }

  /// Every chat it was asked, in order.
  public var chats: [Chat] { log.withLock { $0.chats } }
  /// The choices of each scoring.
  public var choices: [[String]] { log.withLock { $0.choices } }
  /// The settings of each completion.
  public var settings: [CompletionSettings] { log.withLock { $0.settings } }

  /// Answers by script.
  public func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>] {
    log.withLock {
      $0.chats += chats
      $0.settings.append(settings)
    }
    return chats.map(answer)
  }

  /// Scores by the same script as whole turns.
  public func scoreFirstTokens(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    try await score(chats, choices: choices)
  }

  /// Scores by script.
  public func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    log.withLock {
      $0.chats += chats
      $0.choices.append(choices)
    }
    return chats.map { scores($0, choices) }
  }
}

/// A context that grants scripted models and nothing of the real world.
public final class ScriptedContext: JudgeContext {
  private let model: any LanguageModel
  private let system: [ChatTurn]
  private let files: [String: String]
  private let secrets: [String: String]
  private let respondents: (@Sendable (Item) -> any LanguageModel)?
  private let lines = Locked<[String]>([])
  private let asked = Locked<[RemoteEndpoint]>([])

  /// Grants one model for every reference and every respondent.
  public init(
    model: any LanguageModel,
    system: [ChatTurn] = [],
    files: [String: String] = [:],
    secrets: [String: String] = [:],
    respondents: (@Sendable (Item) -> any LanguageModel)? = nil
  ) {
    self.model = model
    self.system = system
    self.files = files
    self.secrets = secrets
    self.respondents = respondents
  }

  /// What a judge logged.
  public var log: [String] { lines.withLock { $0 } }
  /// Which endpoints were asked for.
  public var endpoints: [RemoteEndpoint] { asked.withLock { $0 } }

  /// The one model.
  public func languageModel(_ reference: String) async throws -> any LanguageModel { model }

  /// The one model.
  public func remoteModel(_ endpoint: RemoteEndpoint) async throws -> any LanguageModel {
    asked.withLock { $0.append(endpoint) }
    return model
  }

  /// The one model, or what the test chose for the item.
  public func respondent(of item: Item) async throws -> Respondent {
    Respondent(
      model: respondents?(item) ?? model,
      turns: system + [ChatTurn(.user, item.prompt), ChatTurn(.assistant, item.response)]
    )
  }

  /// A secret of the test.
  public func secret(_ environmentVariable: String) throws -> Secret {
    guard let value = secrets[environmentVariable] else {
      throw JudgeFailure.fatal(.authentication, detail: "\(environmentVariable) is not set")
    }
    return Secret(value)
  }

  /// A file of the test.
  public func text(ofFile path: String) throws -> String {
    guard let text = files[path] else { throw ConfigurationError(["prompt"], "no file \(path)") }
    return text
  }

  /// Keeps a line.
  public func log(_ line: String) { lines.withLock { $0.append(line) } }
}
