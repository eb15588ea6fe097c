internal import Endpoints
internal import Hashing
internal import Inference
internal import JudgeHost
internal import JudgeKit
internal import Locking

/// A model of a study that answers behind an endpoint, ready to be asked.
struct EndpointModel: Sendable {
  let connection: EndpointConnection
  /// Requests under way at once.
  let concurrency: Int
  private let settings: GenerationSettings
  private let booked = Locked(JudgeSpending())

  /// - Throws: ``StudyFailure/notConfigured(model:variable:)``
  init(_ planned: PlannedEndpoint, named name: String, generation: GenerationSettings, environment: [String: String])
    throws
  {
    for variable in planned.secretVariables where environment[variable]?.isEmpty ?? true {
      throw StudyFailure.notConfigured(model: name, variable: variable)
    }
    var endpoint = planned.endpoint
    // Neither is part of a judge's question, and both are sent only where they change something.
    var further = endpoint.extra.values
    if generation.topP < 1 { further.append(("top_p", .number(generation.topP))) }
    if generation.topK > 0 { further.append(("top_k", .integer(generation.topK))) }
    endpoint.extra = JudgeOptions(further)
    connection = try EndpointConnection(
      endpoint,
      host: planned.host,
      baseFolder: planned.baseFolder,
      environment: environment
    )
    concurrency = planned.host.concurrency
    settings = generation
  }

  /// Asks for one answer, again where its way fails.
  /// - Throws: `CancellationError`.
  func answer(_ prompt: Prompt, sample: Int, systemPrompt: String?) async throws -> (
    reply: ModelReply<ChatAnswer>, requests: Int
  ) {
    let turns = (systemPrompt.map { [ChatTurn(.system, $0)] } ?? []) + [ChatTurn(.user, prompt.text)]
    let tally = RequestTally()
    let reply = try await RequestTally.$current.withValue(tally) {
      try await connection.client.complete(
        Chat(turns),
        settings: CompletionSettings(
          maximumTokens: settings.maximumNewTokens,
          temperature: settings.temperature,
          seed: seed(prompt, sample)
        )
      )
    }
    return (reply, tally.count)
  }

  /// What its requests took since this was asked last, whoever sent them.
  func takeSpending() -> JudgeSpending {
    let now = connection.gate.spending
    return booked.withLock { before in
      defer { before = now }
      return now.since(before)
    }
  }

  /// A number of 31 bits from the study's seed, the prompt and the sample alone: original and edited systems draw the same,
  /// and no two samples of a prompt do as a rule.
  private func seed(_ prompt: Prompt, _ sample: Int) -> UInt64 {
    let digits = SHA256.hex("seed 1\n\(settings.seed)\n\(prompt.id)\n\(sample)").prefix(16)
    return (UInt64(digits, radix: 16) ?? 0) & 0x7FFF_FFFF
  }
}
