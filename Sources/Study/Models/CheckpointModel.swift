internal import Glibc
internal import Hashing
public import Inference
public import JudgeKit
internal import Tokenization

/// A checkpoint under one edit, with the face that judges question.
public struct CheckpointModel: LanguageModel {
  /// Hash or name that tells this model and edit from all others.
  public let identity: String
  private let engine: Engine
  private let lane: EditLane
  private let conversation: Conversation

  /// Makes a model of an engine and the edit that its sequences carry.
  /// - Parameter conversation: how it is spoken to; nil is as its checkpoint says.
  public init(engine: Engine, lane: EditLane, identity: String, conversation: Conversation? = nil) {
    self.engine = engine
    self.lane = lane
    self.identity = identity
    self.conversation = conversation ?? Conversation(engine.checkpoint)
  }

  /// Answers each chat; all of them run in the engine's batches.
  /// - Throws: `CancellationError`; everything else concerns one chat and is its reply.
  public func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>] {
    let prompts = chats.map { prompt($0, room: 1) }
    let requests = prompts.compactMap(\.tokens).map { tokens in
      GenerationRequest(
        tokens: tokens,
        lane: lane,
        settings: GenerationSettings(
          maximumNewTokens: settings.maximumTokens,
          temperature: settings.temperature,
          seed: settings.seed
        ),
        stopTokens: engine.checkpoint.stopTokens,
        stream: Self.stream(tokens)
      )
    }
    let results: [GenerationResult]
    do { results = try await engine.generate(requests) } catch let error as EngineError {
      return chats.map { _ in .fatal(.badRequest, detail: "\(error)") }
    }
    return Self.merge(prompts, results) { prompt, result in
      let answer = conversation.answer(result.tokens, to: prompt)
      // Thoughts stay in the text, in one form for all models: whoever reads it takes them out or asks for them.
      let text =
        answer.endsInThought
        ? answer.reasoning.map { "<think>\n\($0)" } ?? ""
        : GeneratedAnswer.joined(reasoning: answer.reasoning, text: answer.text)
      return Completion(text: text, truncated: result.finish == .length)
    }
  }

  /// Scores each choice as the whole next turn: its tokens and then any token that ends a turn.
  /// - Throws: `CancellationError`; everything else concerns one chat and is its reply.
  public func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    guard let tokenizer = engine.checkpoint.tokenizer else { return chats.map { _ in Self.speechless(engine) } }
    let stops = engine.checkpoint.stopTokens.sorted()
    guard !stops.isEmpty else {
      let detail = "\(engine.checkpoint.folder): names no token that ends a turn, so no whole turn can be scored"
      return chats.map { _ in .fatal(.badRequest, detail: detail) }
    }
    let encoded = choices.map { tokenizer.encode($0, specialsAsText: true) }
    let turns = encoded.flatMap { tokens in stops.map { tokens + [$0] } }
    return try await scored(chats, turns) { found in
      // A turn may end with any of the stop tokens: their probabilities add up.
      choices.indices.map { at in Self.logSum(found[(at * stops.count)..<((at + 1) * stops.count)]) }
    }
  }

  /// Scores the first token of each choice as the first token of the next turn.
  /// - Throws: `CancellationError`; everything else concerns one chat and is its reply.
  public func scoreFirstTokens(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    guard let tokenizer = engine.checkpoint.tokenizer else { return chats.map { _ in Self.speechless(engine) } }
    if let problem = firstTokenProblem(among: choices) {
      return chats.map { _ in .fatal(.badRequest, detail: problem) }
    }
    let firsts = choices.map { Array(tokenizer.encode($0, specialsAsText: true).prefix(1)) }
    return try await scored(chats, firsts) { Array($0) }
  }

  /// Two choices that begin with the same token, or one without any.
  public func firstTokenProblem(among choices: [String]) -> String? {
    guard let tokenizer = engine.checkpoint.tokenizer else { return nil }
    var seen: [Int32: String] = [:]
    for choice in choices {
      guard let first = tokenizer.encode(choice, specialsAsText: true).first else {
        return "the label \"\(choice)\" has no token"
      }
      if let other = seen[first] {
        return "the labels \"\(other)\" and \"\(choice)\" begin with the same token "
          + "\"\(tokenizer.token(first) ?? "\(first)")\"; expected other labels or method logprob"
      }
      seen[first] = choice
    }
    return nil
  }

  /// Scores continuations of each chat; `gather` makes the choices' log-probabilities of those of the continuations.
  private func scored(
    _ chats: [Chat],
    _ continuations: [[Int32]],
    gather: (ArraySlice<Double>) -> [Double]
  ) async throws -> [ModelReply<ChoiceScores>] {
    let prompts = chats.map { prompt($0, room: continuations.map(\.count).max() ?? 1) }
    let scores: [ContinuationScores]
    do {
      scores = try await engine.scoreContinuations(
        prompts.compactMap(\.tokens).map { LaneTokens($0, lane: lane) },
        choices: continuations
      )
    } catch let error as EngineError { return chats.map { _ in .fatal(.badRequest, detail: "\(error)") } }
    return Self.merge(prompts, scores) { _, found in
      ChoiceScores(
        logProbabilities: gather(found.logProbabilities[...]),
        massOutside: min(1, found.outside.reduce(0, +)),
        massOutsideByToken: found.outside
      )
    }
  }

  /// The tokens of a chat, or why it has none.
  private enum Prompt {
    case tokens(Conversation.Prompt)
    case abstain(AbstainReason, String)
    case fatal(AbstainReason, String)

    var tokens: [Int32]? { if case .tokens(let prompt) = self { prompt.tokens } else { nil } }
  }

  private func prompt(_ chat: Chat, room: Int) -> Prompt {
    let checkpoint = engine.checkpoint
    let turns = chat.turns.map {
      Conversation.Turn(role: $0.role.rawValue, text: $0.text, reasoning: $0.reasoning)
    }
    do {
      let prompt = try conversation.prompt(turns)
      let limit = checkpoint.model.contextLength
      guard prompt.tokens.count + room <= limit else {
        return .abstain(
          .contextLength,
          "\(EngineError.contextLength(tokens: prompt.tokens.count + room, limit: limit))"
        )
      }
      return .tokens(prompt)
    } catch {
      // Without tokenizer or template no chat can be held; any other failure is this chat's own.
      return checkpoint.tokenizer == nil || checkpoint.template == nil
        ? .fatal(.badRequest, "\(error)") : .abstain(.badRequest, "\(error)")
    }
  }

  private static func merge<Result, Value>(
    _ prompts: [Prompt],
    _ results: [Result],
    _ read: (Conversation.Prompt, Result) -> Value
  ) -> [ModelReply<Value>] {
    var rest = results[...]
    return prompts.map { prompt in
      switch prompt {
      case .tokens(let prompt):
        guard let result = rest.popFirst() else { return .abstain(.crashed, detail: "the engine gave no result") }
        return .value(read(prompt, result))
      case .abstain(let reason, let detail): return .abstain(reason, detail: detail)
      case .fatal(let reason, let detail): return .fatal(reason, detail: detail)
      }
    }
  }

  private static func speechless<Value>(_ engine: Engine) -> ModelReply<Value> {
    .fatal(.badRequest, detail: "\(engine.checkpoint.folder): has no tokenizer.json: it cannot hold a conversation")
  }

  /// The stream of random numbers comes from the prompt, so that a sample does not depend on what else was asked.
  private static func stream(_ tokens: [Int32]) -> UInt64 {
    let digits = SHA256.hex(tokens.map { "\($0)" }.joined(separator: " ")).prefix(16)
    return UInt64(digits, radix: 16) ?? 0
  }

  /// log Σ exp.
  private static func logSum(_ values: ArraySlice<Double>) -> Double {
    let top = values.max() ?? -.infinity
    return top == -.infinity ? top : top + log(values.reduce(0) { $0 + exp($1 - top) })
  }
}
