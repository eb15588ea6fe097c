internal import Endpoints
internal import HTTP
internal import Hub
internal import JSON
internal import JudgeKit
internal import Locking

/// What the host grants one judge.
final class HostContext: JudgeContext {
  let declaration: JudgeDeclaration
  let environment: [String: String]
  private let models: any ModelSource
  private let client: HTTPClient
  private let recorder: ExchangeRecorder?
  private let pace: any Pace
  /// What all requests of this judge go through.
  private let gate: RequestGate
  private let lines = Locked<[String]>([])
  private let used = Locked<TokenUsage?>(nil)

  init(
    _ declaration: JudgeDeclaration,
    models: any ModelSource,
    client: HTTPClient,
    environment: [String: String],
    recorder: ExchangeRecorder? = nil,
    pace: any Pace = RealPace()
  ) {
    self.declaration = declaration
    self.pace = pace
    gate = RequestGate(declaration.host.requestLimits, pace: pace)
    self.models = models
    self.client = client
    self.environment = environment
    self.recorder = recorder
  }

  /// The model, heard where somebody listens.
  private func heard(_ model: any LanguageModel) -> any LanguageModel { recorder?.listening(to: model) ?? model }

  /// Lets whoever listens hear a line that goes to a program.
  func willSend(_ line: String) {
    recorder?.add([JudgeExchange(recipient: declaration.id, request: .line(line), answer: nil, seconds: nil)])
  }

  private func path(_ text: String) -> String { OptionReader(baseFolder: declaration.baseFolder).path(text) }

  func languageModel(_ reference: String) async throws -> any LanguageModel {
    let folder: String
    do { folder = try OptionReader(baseFolder: declaration.baseFolder).checkpoint(reference).folder } catch {
      throw JudgeFailure.fatal(.notFound, detail: "\(error)")
    }
    return heard(try await models.languageModel(folder: folder))
  }

  func remoteModel(_ endpoint: RemoteEndpoint) async throws -> any LanguageModel {
    let connection = try EndpointConnection(
      endpoint,
      host: declaration.host,
      baseFolder: declaration.baseFolder,
      environment: environment,
      client: client,
      gate: gate,
      pace: pace
    )
    let model = connection.model { [weak self] in self?.count($0) }
    return heard(model)
  }

  /// What its requests used; nil for a judge that sends none.
  var spending: JudgeSpending? { declaration.kind.usesEndpoints ? gate.spending : nil }

  func respondent(of item: Item) async throws -> Respondent { heard(try await models.respondent(of: item)) }

  func respondent(named system: String, of item: Item) async throws -> Respondent {
    heard(try await models.respondent(named: system, of: item))
  }

  private func heard(_ respondent: Respondent) -> Respondent {
    guard recorder != nil else { return respondent }
    return Respondent(model: heard(respondent.model), turns: respondent.turns, isAuthor: respondent.isAuthor)
  }

  func secret(_ environmentVariable: String) throws -> Secret {
    try EndpointConnection.secret(environmentVariable, of: environment)
  }

  func text(ofFile path: String) throws -> String {
    try OptionReader(baseFolder: declaration.baseFolder).text(ofFile: path)
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
