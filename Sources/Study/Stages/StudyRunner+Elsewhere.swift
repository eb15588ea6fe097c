internal import Endpoints
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit

/// Systems that answer behind endpoints: the same prompts, the same records, the same resume.
extension StudyRunner {
  /// What is known of a model elsewhere: what the study declares.
  static func describe(_ model: PlannedModel, _ endpoint: PlannedEndpoint) -> ModelInfo {
    func fact(_ name: String, _ value: String) -> Fact { Fact(group: "model", name: name, value: value) }
    let checkpoint = endpoint.declares.checkpoint.map { "\($0) (\(PlannedEndpoint.Declaration.status))" }
    return ModelInfo(
      id: endpoint.identity,
      name: model.name,
      source: model.source,
      facts: [
        fact("answers", "elsewhere, behind an endpoint: which weights answer cannot be verified from here"),
        fact("checkpoint", checkpoint ?? "not declared"),
      ]
    )
  }

  /// The one system of a model elsewhere; its edit, if there is one, by declaration.
  func prepare(_ model: PlannedModel, _ endpoint: PlannedEndpoint, at position: Int, identity: String) throws
    -> StudySystem
  {
    let system = Self.system(
      model,
      identity,
      plan,
      place: .endpoint(
        endpoints[model.name]
          ?? .failure(
            StudyFailure.noCheckpoint(model: model.name)
          )
      )
    )
    let edit = endpoint.declares.edit
    func fact(_ name: String, _ value: String) -> Fact { Fact(group: "edit", name: name, value: value) }
    let facts = edit.map { edit in
      [
        fact("edit", "\(edit.name) of \(edit.of)"),
        fact("checkpoint", endpoint.declares.checkpoint ?? "not declared"),
        SystemInfo.declaredFact,
      ]
    }
    try store.insert([
      StoredSystem(
        id: system.id,
        position: position,
        name: model.name,
        model: model.name,
        edit: edit?.name ?? "none",
        facts: facts ?? [],
        originalModel: edit?.of
      )
    ])
    return system
  }

  private static func system(_ model: PlannedModel, _ identity: String, _ plan: StudyPlan, place: StudySystem.Place)
    -> StudySystem
  {
    let recipe: JSONValue = [
      "model": .string(identity),
      "name": .string(model.name),
      "generation": generationRecipe(plan),
    ]
    return StudySystem(id: recipe.contentHash, name: model.name, model: model.name, place: place, lane: .none)
  }

  /// Refuses to begin while a secret is missing that a later hour would need.
  func checkSecrets(_ models: [ModelInfo]) throws {
    for (model, info) in zip(plan.models, models) {
      guard case .failure(let problem)? = endpoints[model.name] else { continue }
      let id = Self.system(model, info.id, plan, place: .folder("", weightEdit: .none)).id
      if try store.settled(system: id).count < plan.evaluation.count * plan.samples { throw problem }
    }
  }

  private typealias Outcome = (index: Int, result: Result<(reply: ModelReply<ChatAnswer>, requests: Int), any Error>)

  /// Asks for what is open, as many at once as the entry allows, and commits each answer as it comes: whatever ends the
  /// process costs the requests under way.
  func ask(_ endpoint: EndpointModel, _ asked: [Asked]) async throws {
    guard let system = asked.first?.system else { return }
    let systemPrompt = plan.systemPrompt
    var problem: (any Error)?
    var missed = 0
    await withTaskGroup(of: Outcome.self) { group in
      var next = 0
      func start() {
        guard next < asked.count, problem == nil else { return }
        let (index, one) = (next, asked[next])
        next += 1
        group.addTask {
          do {
            let found = try await endpoint.answer(one.prompt, sample: one.sample, systemPrompt: systemPrompt)
            return (index, .success(found))
          } catch { return (index, .failure(error)) }
        }
      }
      for _ in 0..<max(1, endpoint.concurrency) { start() }
      // Answers that have come are kept also where another request was the first to fail.
      for await (index, result) in group {
        do {
          let (reply, requests) = try result.get()
          if try keep(reply, of: asked[index], requests: requests) { missed += 1 }
          try store.add(spendingOf: system.name, endpoint)
          observer(.advanced(1))
        } catch { problem = problem ?? error }
        if problem != nil { group.cancelAll() }
        start()
      }
    }
    try store.add(spendingOf: system.name, endpoint)
    if let problem { throw problem }
    if missed > 0 {
      observer(
        .note("\(system.name): \(missed) of \(asked.count) open prompts have no answer; the same command asks again")
      )
    }
  }

  /// Keeps what came.
  /// - Returns: whether there is no answer.
  private func keep(_ reply: ModelReply<ChatAnswer>, of asked: Asked, requests: Int) throws -> Bool {
    let missing: (reason: AbstainReason, detail: String?)
    switch reply {
    case .value(let answer):
      switch answer.abstention {
      // A filter took the answer, or part of it, and a call is none: what came is kept beside the reason.
      case .contentFilter?: missing = (.contentFilter, answer.text.isEmpty ? nil : answer.text)
      case .toolCall?: missing = (.toolCall, nil)
      default:
        try store.insert([response(asked, answer)])
        return false
      }
    case .abstain(let reason, let detail), .fatal(let reason, let detail): missing = (reason, detail)
    case .retry(_, let reason, let detail): missing = (reason, detail)
    }
    guard missing.reason != .cancelled else { throw CancellationError() }
    try store.insert(
      StoredGap(
        system: asked.system.id,
        prompt: asked.prompt.id,
        sample: asked.sample,
        reason: missing.reason,
        detail: missing.detail,
        requests: requests
      )
    )
    return true
  }

  /// A refusal that comes in a field of its own is what the system answered; its finish says how it came.
  private func response(_ asked: Asked, _ answer: ChatAnswer) -> StoredResponse {
    let finish = answer.abstention == .judgeRefused ? "refusal" : answer.finishReason ?? "unknown"
    func item(_ system: String?) -> String {
      ItemIdentity.item(
        prompt: asked.prompt.text,
        response: answer.text,
        systemID: system,
        reasoning: answer.reasoning
      ).id
    }
    return StoredResponse(
      system: asked.system.id,
      prompt: asked.prompt.id,
      sample: asked.sample,
      text: answer.text,
      tokens: [],
      finish: finish,
      flags: ResponseFlags.flags(
        answer.text,
        prompt: asked.prompt.text,
        isCut: answer.abstention == .truncated
      ),
      item: item(nil),
      respondentItem: item(asked.system.id),
      reasoning: answer.reasoning,
      tokenCount: answer.usage?.completion
    )
  }
}
