internal import Endpoints
internal import HTTP
internal import JSON
internal import JudgeKit
internal import Locking

/// What the host grants one judge.
final class HostContext: JudgeContext {
  let declaration: JudgeDeclaration
  let environment: [String: String]
  private let models: any ModelSource
  private let client: HTTPClient
  private let lines = Locked<[String]>([])
  private let used = Locked<TokenUsage?>(nil)

  init(_ declaration: JudgeDeclaration, models: any ModelSource, client: HTTPClient, environment: [String: String]) {
    self.declaration = declaration
    self.models = models
    self.client = client
    self.environment = environment
  }

  private func path(_ text: String) -> String { OptionReader(baseFolder: declaration.baseFolder).path(text) }

  func languageModel(_ reference: String) async throws -> any LanguageModel {
    try await models.languageModel(folder: path(reference))
  }

  func remoteModel(_ endpoint: RemoteEndpoint) async throws -> any LanguageModel {
    let key = try endpoint.apiKeyVariable.map { try secret($0) }
    let chat = ChatEndpoint(endpoint, key: key, client: client, timeoutSeconds: declaration.host.timeoutSeconds)
    return RemoteLanguageModel(
      endpoint: chat,
      identity: "remote \(endpoint.baseURL) \(endpoint.model)"
    ) { [weak self] in self?.count($0) }
  }

  func respondent(of item: Item) async throws -> Respondent { try await models.respondent(of: item) }

  func respondent(named system: String, of item: Item) async throws -> Respondent {
    try await models.respondent(named: system, of: item)
  }

  func secret(_ environmentVariable: String) throws -> Secret {
    guard let value = environment[environmentVariable], !value.isEmpty else {
      throw JudgeFailure.fatal(.authentication, detail: "the environment variable \(environmentVariable) is not set")
    }
    return Secret(value)
  }

  func text(ofFile path: String) throws -> String {
    let bytes = try FileBytes.read(self.path(path), maximumBytes: 1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError(file: self.path(path), "not UTF-8 text")
    }
    return text
  }

  /// Tokens that endpoints counted, if any did.
  var usage: TokenUsage? { used.withLock { $0 } }

  private func count(_ usage: TokenUsage) {
    used.withLock { used in
      used = TokenUsage(
        prompt: (used?.prompt ?? 0) + usage.prompt,
        completion: (used?.completion ?? 0) + usage.completion
      )
    }
  }

  /// The last lines a judge logged.
  var log: [String] { lines.withLock { $0 } }

  func log(_ line: String) {
    lines.withLock { lines in
      lines.append(line)
      if lines.count > 200 { lines.removeFirst() }
    }
  }
}

/// A model behind an endpoint, with the face of a local one.
struct RemoteLanguageModel: LanguageModel {
  let endpoint: ChatEndpoint
  let identity: String
  let count: @Sendable (TokenUsage) -> Void

  func complete(_ chats: [Chat], settings: CompletionSettings) async throws -> [ModelReply<Completion>] {
    var replies: [ModelReply<Completion>] = []
    for chat in chats {
      try Task.checkCancellation()
      switch await endpoint.complete(chat, settings: settings) {
      case .value(let answer):
        let usage = answer.usage.map { TokenUsage(prompt: $0.prompt, completion: $0.completion) }
        usage.map(count)
        replies.append(.value(Completion(text: answer.text, truncated: false, usage: usage)))
      // What was cut is kept for the record; the reading abstains from it.
      case .abstain(.truncated, let text?): replies.append(.value(Completion(text: text, truncated: true)))
      case .abstain(let reason, let detail): replies.append(.abstain(reason, detail: detail))
      case .retry(let seconds, let exhausted, let detail):
        replies.append(.retry(afterSeconds: seconds, exhausted: exhausted, detail: detail))
      case .fatal(let reason, let detail): replies.append(.fatal(reason, detail: detail))
      }
    }
    return replies
  }

  func score(_ chats: [Chat], choices: [String]) async throws -> [ModelReply<ChoiceScores>] {
    chats.map { _ in .fatal(.badRequest, detail: "an endpoint does not score given texts; use method generate") }
  }
}
