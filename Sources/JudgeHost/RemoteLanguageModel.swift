internal import Endpoints
internal import JudgeKit

/// A model behind an endpoint, with the face of a local one. The chats of one call are asked at the same time; how many
/// really run at once is up to the judge's gate.
struct RemoteLanguageModel: LanguageModel {
  let client: EndpointClient
  let identity: String
  let count: @Sendable (TokenUsage) -> Void

  func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>] {
    try await each(chats) { chat in
      try await read(client.complete(chat, settings: settings)) { answer in
        .value(Completion(text: answer.text, abstention: answer.abstention, usage: answer.usage))
      }
    }
  }

  func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    chats.map { _ in
      .fatal(.badRequest, detail: "an endpoint does not score given texts; use the method first-token or generate")
    }
  }

  /// The probability of each choice's first token, from the likeliest tokens that the endpoint tells.
  func scoreFirstTokens(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    // Some models refuse to be asked for a single token when they think first; the answer's first token is the same.
    let settings = CompletionSettings(maximumTokens: 1)
    return try await each(chats) { chat in
      let reply = try await client.complete(chat, settings: settings, topTokens: FirstTokenScores.topTokens)
      return read(reply) { answer in
        switch answer.abstention {
        // One token was asked for, so the answer is always cut.
        case nil, .truncated?, .emptyAnswer?: break
        case let reason?: return .abstain(reason, detail: answer.text.isEmpty ? nil : answer.text)
        }
        guard let tokens = answer.firstTokens else {
          return .fatal(.badRequest, detail: "the endpoint tells no top_logprobs; use the method generate")
        }
        return .value(FirstTokenScores.read(tokens, choices: choices))
      }
    }
  }

  private func read<Value: Sendable>(
    _ reply: ModelReply<ChatAnswer>,
    _ value: (ChatAnswer) -> ModelReply<Value>
  ) -> ModelReply<Value> {
    switch reply {
    case .value(let answer):
      answer.usage.map(count)
      return value(answer)
    case .abstain(let reason, let detail): return .abstain(reason, detail: detail)
    case .retry(let seconds, let exhausted, let detail):
      return .retry(afterSeconds: seconds, exhausted: exhausted, detail: detail)
    case .fatal(let reason, let detail): return .fatal(reason, detail: detail)
    }
  }

  private func each<Value: Sendable>(
    _ chats: [Chat],
    _ ask: @escaping @Sendable (Chat) async throws -> ModelReply<Value>
  ) async throws -> [ModelReply<Value>] {
    if chats.count == 1, let chat = chats.first { return [try await ask(chat)] }
    return try await withThrowingTaskGroup(of: (Int, ModelReply<Value>).self) { group in
      for (index, chat) in chats.enumerated() { group.addTask { (index, try await ask(chat)) } }
      var replies: [Int: ModelReply<Value>] = [:]
      for try await (index, reply) in group { replies[index] = reply }
      return chats.indices.compactMap { replies[$0] }
    }
  }
}
