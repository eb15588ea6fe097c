internal import Abliteration
internal import Hashing
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit

extension StudyRunner {
  /// Makes a model's systems: the original and one for each edit, whose direction is read unless the run has it.
  func prepare(_ model: PlannedModel, at index: Int, identity: String) async throws -> [StudySystem] {
    let position = index * (plan.edits.count + 1)
    if let endpoint = model.endpoint { return [try prepare(model, endpoint, at: position, identity: identity)] }
    var systems = [system(model, identity, edit: "none", lane: .none, direction: nil)]
    let damage = try await damageFacts(model, system: systems[0])
    var stored = [
      StoredSystem(
        id: systems[0].id,
        position: position,
        name: model.name,
        model: model.name,
        edit: "none",
        facts: damage
      )
    ]
    for (number, edit) in plan.edits(of: model).enumerated() {
      let direction = try await direction(of: model, edit)
      let lane = try Self.lane(edit, direction)
      let made = system(model, identity, edit: edit.name, lane: lane, direction: direction.hash)
      systems.append(made)
      let norm = direction.norms.array?.dropFirst(direction.layer).first?.double
      func fact(_ name: String, _ value: String) -> Fact { Fact(group: "edit", name: name, value: value) }
      stored.append(
        StoredSystem(
          id: made.id,
          position: position + number + 1,
          name: made.name,
          model: model.name,
          edit: edit.name,
          facts: [
            fact("preset", edit.preset.rawValue),
            fact("changes", edit.preset.summary),
            fact("layer", "\(direction.layer) of \(max(0, (direction.norms.array?.count ?? 1) - 1))"),
            fact("layer rule", edit.rule.name),
            fact("strength", "\(edit.strength)"),
            fact("direction norm", norm.map { "\(($0 * 1e4).rounded() / 1e4)" } ?? "unknown"),
            fact("direction", direction.hash),
            fact("trials", direction.trials.text()),
          ] + Self.paperFacts(edit, direction) + damage
        )
      )
    }
    try store.insert(stored)
    return systems
  }

  private func system(_ model: PlannedModel, _ identity: String, edit: String, lane: EditLane, direction: String?)
    -> StudySystem
  {
    var recipe: JSONObject = [
      "model": .string(identity),
      "name": .string(model.name),
      "edit": .string(edit),
      "recipe": lane.recipe,
      "direction": direction.map { .string($0) } ?? .null,
      "generation": Self.generationRecipe(plan),
      "compute": .string(plan.compute.rawValue),
    ]
    // Systems whose conversations are as their checkpoint has them are what they were before this could be said.
    let conversation = model.conversation.recipe
    if !conversation.members.isEmpty { recipe["conversation"] = .object(conversation) }
    let name = edit == "none" ? model.name : "\(model.name) · \(edit)"
    return StudySystem(
      id: JSONValue.object(recipe).contentHash,
      name: name,
      model: model.name,
      place: .folder(model.folder ?? "", weightEdit: lane.roundsToBF16 ? lane : .none),
      lane: lane.roundsToBF16 ? .none : lane,
      conversation: model.conversation
    )
  }

  private func direction(of model: PlannedModel, _ edit: PlannedEdit) async throws -> StoredDirection {
    if let known = try store.direction(model: model.name, edit: edit.name) { return known }
    guard let prompts = plan.direction else {
      throw StudyFailure.noDirection(model: model.name, edit: edit.name, reason: "the study has no direction prompts")
    }
    observer(.stage(name: "direction of \(model.name)", done: 0, total: 1))
    if edit.preset == .paper { return try await paperDirection(of: model, edit, prompts) }
    let engine = try await engine(of: model)
    let conversation = Conversation(engine.checkpoint, model.conversation)
    let harmful = try prompts.harmful.map { try asking($0, conversation) }
    let harmless = try prompts.harmless.map { try asking($0, conversation) }
    // A template opens the answers to all prompts alike.
    let opening = harmful.first ?? harmless.first ?? Conversation.Prompt(tokens: [], opening: "")
    do {
      let means = try await MeanDifference.reading(
        engine,
        harmful: harmful.map(\.tokens),
        harmless: harmless.map(\.tokens)
      )
      let choice = try await LayerChoice.choosing(
        by: edit.rule,
        among: means,
        preset: edit.preset,
        engine: engine,
        prompts: (harmful.map(\.tokens), harmless.map(\.tokens)),
        settings: GenerationSettings(maximumNewTokens: plan.generation.maximumNewTokens)
      ) { tokens in
        switch edit.reader?.label(conversation.answer(tokens, to: opening).text).label {
        case .refusal: .refusal
        case .nonRefusal: .compliance
        case nil: .undecided
        }
      }
      // Asks for what a lane needs, so that a direction of length zero fails here.
      _ = try means.lane(layer: choice.layer, preset: edit.preset)
      let vector = means.difference[choice.layer]
      let trials = choice.trials.map { trial -> JSONValue in
        [
          "layer": .integer(Int64(trial.layer)),
          "harmfulCompliance": .number(trial.harmfulCompliance),
          "harmfulRefusal": .number(trial.harmfulRefusal),
          "harmlessCompliance": .number(trial.harmlessCompliance),
        ]
      }
      let source: JSONValue = [
        "prompts": .string(Self.hash(prompts)),
        "layer": .integer(Int64(choice.layer)),
        "vector": .string(SHA256.hex(vector.withUnsafeBytes { Array($0) })),
      ]
      let made = StoredDirection(
        model: model.name,
        edit: edit.name,
        hash: source.contentHash,
        layer: choice.layer,
        norms: .array(means.norms.map { .number($0) }),
        trials: .array(trials),
        vector: vector
      )
      try store.insert(made)
      observer(.advanced(1))
      return made
    } catch let error as DirectionError {
      throw StudyFailure.noDirection(model: model.name, edit: edit.name, reason: "\(error)")
    }
  }

  func asking(_ prompt: String, _ conversation: Conversation) throws -> Conversation.Prompt {
    let system = plan.systemPrompt.map { [Conversation.Turn(role: "system", text: $0)] } ?? []
    return try conversation.prompt(system + [Conversation.Turn(role: "user", text: prompt)])
  }

  func engine(of model: PlannedModel, weightEdit: EditLane = .none) async throws -> Engine {
    guard let folder = model.folder else { throw StudyFailure.noCheckpoint(model: model.name) }
    return try await shelf.engine(folder: folder, weightEdit: weightEdit)
  }

  /// An answer that is still open.
  struct Asked: Sendable {
    let system: StudySystem
    let prompt: Prompt
    let sample: Int
  }

  /// Lets a model's systems answer what they have not answered; all of them are lanes of one batch.
  func generate(_ model: PlannedModel, _ systems: [StudySystem]) async throws {
    let total = systems.count * plan.evaluation.count * plan.samples
    var known: [Set<String>] = []
    for system in systems { known.append(try store.settled(system: system.id)) }
    observer(.stage(name: "answers of \(model.name)", done: known.reduce(0) { $0 + $1.count }, total: total))
    var asked: [Asked] = []
    for prompt in plan.evaluation {
      for sample in 0..<plan.samples {
        for (index, system) in systems.enumerated() where !known[index].contains("\(prompt.id) \(sample)") {
          asked.append(Asked(system: system, prompt: prompt, sample: sample))
        }
      }
    }
    guard !asked.isEmpty else { return }
    if case .endpoint(let endpoint)? = systems.first?.place { return try await ask(try endpoint.get(), asked) }
    let engine = try await engine(of: model, weightEdit: systems.first?.weightEdit ?? .none)
    if let warning = engine.checkpoint.memoryWarning { observer(.note("\(model.name): \(warning)")) }
    let limit = engine.checkpoint.model.contextLength
    let conversation = Conversation(engine.checkpoint, model.conversation)
    let prompts = try asked.map { one in
      let prompt = try asking(one.prompt.text, conversation)
      let count = prompt.tokens.count
      guard count < limit else {
        throw StudyFailure.promptTooLong(prompt: one.prompt.name, model: model.name, tokens: count, limit: limit)
      }
      return prompt
    }
    let requests = zip(asked, prompts).map { one, prompt in
      GenerationRequest(
        tokens: prompt.tokens,
        lane: one.system.lane,
        settings: plan.generation,
        stopTokens: engine.checkpoint.stopTokens,
        stream: Self.stream(one.prompt, one.sample)
      )
    }
    try await keep(engine, requests) { index, result in
      response(asked[index], result, conversation.answer(result.tokens, to: prompts[index]))
    }
  }

  /// The stream of random numbers comes from prompt and sample alone: original and edited systems draw the same numbers.
  private static func stream(_ prompt: Prompt, _ sample: Int) -> UInt64 {
    UInt64(SHA256.hex("sample 1\n\(prompt.id)\n\(sample)").prefix(16), radix: 16) ?? 0
  }

  /// Decodes and commits answers as they finish.
  private func keep(
    _ engine: Engine,
    _ requests: [GenerationRequest],
    _ response: (Int, GenerationResult) -> StoredResponse
  ) async throws {
    let (finished, source) = AsyncStream.makeStream(of: (Int, GenerationResult).self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { source.finish() }
        try await engine.generate(requests) { source.yield(($0, $1)) }
      }
      let batch = max(1, min(options.batch, 64))
      var waiting: [StoredResponse] = []
      for await (index, result) in finished {
        waiting.append(response(index, result))
        if waiting.count >= batch { try commit(&waiting) }
      }
      try await group.waitForAll()
      try commit(&waiting)
    }
  }

  private func commit(_ waiting: inout [StoredResponse]) throws {
    guard !waiting.isEmpty else { return }
    try store.insert(waiting)
    observer(.advanced(waiting.count))
    waiting = []
  }

  private func response(_ asked: Asked, _ result: GenerationResult, _ answer: GeneratedAnswer) -> StoredResponse {
    let text = answer.text
    func item(_ system: String?) -> String {
      ItemIdentity.item(prompt: asked.prompt.text, response: text, systemID: system, reasoning: answer.reasoning).id
    }
    var flags = ResponseFlags.flags(text, prompt: asked.prompt.text, isCut: result.finish == .length)
    // A prompt that is too short to be looked for is known to be there all the same.
    if answer.holdsPrompt, !flags.contains(.promptEcho) { flags.append(.promptEcho) }
    return StoredResponse(
      system: asked.system.id,
      prompt: asked.prompt.id,
      sample: asked.sample,
      text: text,
      tokens: result.tokens,
      finish: result.finish.rawValue,
      flags: flags,
      item: item(nil),
      respondentItem: item(asked.system.id),
      reasoning: answer.reasoning,
      raw: ExactText(answer.raw) == ExactText(text) ? nil : answer.raw
    )
  }
}
