/// A model that judges may question: a local checkpoint, an edited one, or one behind an endpoint.
public protocol LanguageModel: Sendable {
  /// Hash that tells two models apart (weights, edit, endpoint and name).
  var identity: String { get }
  /// Answers each chat; a failure concerns its chat only.
  func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>]
  /// Scores the choices as whole next turns of each chat.
  func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>]
  /// Scores the first token of each choice as the first token of each chat's next turn.
  func scoreFirstTokens(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>]
  /// Why the first tokens of the choices cannot tell them apart, where the model knows its tokens.
  func firstTokenProblem(among choices: [String]) -> String?
}

extension LanguageModel {
  /// A model that does not tell the probability of a token.
  public func scoreFirstTokens(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    chats.map { _ in .fatal(.badRequest, detail: "this model does not tell the probability of a token") }
  }

  /// A model that does not know its tokens.
  public func firstTokenProblem(among choices: [String]) -> String? { nil }
}

/// A conversation that a model is to continue with an assistant turn.
public struct Chat: Sendable, Equatable {
  /// The turns in order; the last is the user's.
  public var turns: [ChatTurn]

  /// Makes a chat.
  public init(_ turns: [ChatTurn]) { self.turns = turns }

  /// A chat of one user turn.
  public init(user text: String) { turns = [ChatTurn(.user, text)] }
}

/// One turn.
public struct ChatTurn: Sendable, Equatable {
  /// Who speaks.
  public enum Role: String, Sendable, CaseIterable { case system, user, assistant }
  /// Who speaks.
  public let role: Role
  /// What is said; always plain text: special tokens written in it are not control tokens.
  public let text: String
  /// What an assistant thought before it said this, where that is known; a model on disk hands it to its chat template,
  /// which shows or drops it.
  public let reasoning: String?

  /// Makes a turn.
  public init(_ role: Role, _ text: String, reasoning: String? = nil) {
    self.role = role
    self.text = text
    self.reasoning = reasoning
  }
}

/// How an answer is decoded.
public struct CompletionSettings: Sendable, Equatable {
  /// At most so many new tokens.
  public var maximumTokens: Int
  /// 0 is greedy.
  public var temperature: Double
  /// Seed of the sampler; each chat draws from its own stream.
  public var seed: UInt64

  /// Makes settings.
  public init(maximumTokens: Int, temperature: Double = 0, seed: UInt64 = 0) {
    self.maximumTokens = maximumTokens
    self.temperature = temperature
    self.seed = seed
  }
}

/// What a model answered.
public struct Completion: Sendable, Equatable {
  /// The answer alone; of a model that declined, its refusal.
  public let text: String
  /// Whether the token limit cut it.
  public var truncated: Bool { abstention == .truncated }
  /// Tokens it took, where counted.
  public let usage: TokenUsage?
  /// Why the text is no answer that may be read, if it is none: `truncated`, `judgeRefused`, `contentFilter` …
  public let abstention: AbstainReason?

  /// Makes a completion.
  public init(text: String, truncated: Bool, usage: TokenUsage? = nil) {
    self.init(text: text, abstention: truncated ? .truncated : nil, usage: usage)
  }

  /// Makes a completion that may be no whole answer.
  public init(text: String, abstention: AbstainReason?, usage: TokenUsage? = nil) {
    self.text = text
    self.abstention = abstention
    self.usage = usage
  }
}

/// Tokens of a question and its answer.
public struct TokenUsage: Sendable, Equatable {
  /// Tokens read.
  public var prompt: Int
  /// Tokens written.
  public var completion: Int

  /// Counts tokens.
  public init(prompt: Int, completion: Int) {
    self.prompt = prompt
    self.completion = completion
  }
}

/// How probable each choice is as the whole next assistant turn, or its first token as the turn's first.
public struct ChoiceScores: Sendable, Equatable {
  /// Natural log-probability of each choice in the order asked; of a whole turn, with its end.
  public let logProbabilities: [Double]

  /// Probability that the model says none of the choices, 0…1.
  public let massOutside: Double
  /// Where it was lost: the probability of leaving all choices at their first token, at their second, and so on; they add
  /// up to ``massOutside``. Empty where the model does not tell.
  public let massOutsideByToken: [Double]

  /// Makes scores; the mass outside is what the choices leave of 1.
  public init(logProbabilities: [Double], massOutside: Double, massOutsideByToken: [Double] = []) {
    self.logProbabilities = logProbabilities
    self.massOutside = massOutside
    self.massOutsideByToken = massOutsideByToken
  }
}

/// A model's reply to one chat, or why there is none.
public enum ModelReply<Value: Sendable>: Sendable {
  /// It answered.
  case value(Value)
  /// It cannot answer this chat.
  case abstain(AbstainReason, detail: String?)
  /// Asking again may help.
  case retry(afterSeconds: Double?, exhausted: AbstainReason, detail: String?)
  /// Further requests would fail alike.
  case fatal(AbstainReason, detail: String?)
}

/// A system that is asked about a response, and the conversation that ends with it.
public struct Respondent: Sendable {
  /// The system, edit included.
  public let model: any LanguageModel
  /// System prompt if any, the prompt, and the response as the assistant's turn.
  public let turns: [ChatTurn]
  /// Whether this very system gave the response; false when another one is shown it.
  public let isAuthor: Bool

  /// Makes a respondent.
  public init(model: any LanguageModel, turns: [ChatTurn], isAuthor: Bool = true) {
    self.model = model
    self.turns = turns
    self.isAuthor = isAuthor
  }
}
