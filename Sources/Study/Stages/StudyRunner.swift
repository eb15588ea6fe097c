internal import Foundation
internal import Hashing
internal import Inference
internal import JSON
public import JudgeHost
internal import JudgeKit
internal import Prompts

/// Runs a study stage by stage into a run file. What is finished is never done again: the same call continues after any
/// interruption.
public struct StudyRunner: Sendable {
  /// How it runs; none of this changes a result.
  public struct Options: Sendable {
    /// Compute threads.
    public var threads: Int
    /// Most sequences decoded at once.
    public var batch: Int
    /// The program's version, for the record.
    public var version: String
    /// Verdicts of earlier runs; nil asks every judge about every answer.
    public var cache: (any VerdictCache)?
    /// Whether judges are asked about every answer and the cache gets what they say.
    public var refreshesCache: Bool

    /// Makes options.
    public init(
      threads: Int,
      batch: Int = 64,
      version: String,
      cache: (any VerdictCache)? = nil,
      refreshesCache: Bool = false
    ) {
      self.threads = threads
      self.batch = batch
      self.version = version
      self.cache = cache
      self.refreshesCache = refreshesCache
    }
  }

  let plan: StudyPlan
  let store: RunStore
  let options: Options
  let environment: [String: String]
  let observer: StudyObserver
  let shelf: ModelShelf
  /// By the model's name; a failure where a secret is not set.
  let endpoints: [String: Result<EndpointModel, any Error>]

  /// Prepares a run; nothing happens yet.
  /// - Parameter environment: where judges' secrets are looked up.
  public init(
    _ plan: StudyPlan,
    into store: RunStore,
    options: Options,
    environment: [String: String],
    observer: @escaping StudyObserver = { _ in }
  ) {
    self.plan = plan
    self.store = store
    self.options = options
    self.environment = environment
    self.observer = observer
    var limits = Engine.Limits()
    limits.sequences = max(1, options.batch)
    shelf = ModelShelf(threads: options.threads, compute: plan.compute, limits: limits, keep: 2)
    var endpoints: [String: Result<EndpointModel, any Error>] = [:]
    for model in plan.models {
      guard let endpoint = model.endpoint else { continue }
      endpoints[model.name] = Result {
        try EndpointModel(endpoint, named: model.name, generation: plan.generation, environment: environment)
      }
    }
    self.endpoints = endpoints
  }

  /// Answers, judges and labels everything that is still open, and reads the whole run.
  /// - Throws: `CancellationError`, ``RunError``, ``StudyFailure`` or a checkpoint's error.
  public func run() async throws -> RunResults {
    let models = try Self.describeModels(plan)
    try checkSecrets(models)
    try store.begin(Self.studyInfo(plan, models), prompts: plan.evaluation, models: models)
    try store.insert(machineFacts, keepsFirst: false)
    if let leaks = plan.leaks, !leaks.isClean { try store.insert(AllowedLeak.facts(leaks)) }
    try store.insert([Fact(group: "time", name: "started", value: Self.now)], keepsFirst: true)
    try store.insert(presetFacts, keepsFirst: false)
    let judges = try Self.describeJudges(plan, shelf, environment)
    try store.replaceJudges(judges)

    var systems: [StudySystem] = []
    for (index, model) in plan.models.enumerated() {
      let made = try await prepare(model, at: index, identity: models[index].id)
      systems += made
      // Systems that share the model's weights are lanes of one batch; one with weights of its own is asked by itself.
      try await generate(model, made.filter { $0.weightEdit.isNone })
      for system in made where !system.weightEdit.isNone { try await generate(model, [system]) }
    }
    let results = try store.results()
    answersNote(results)
    do { try await judge(judges, results, systems) } catch {
      try book(systems)
      throw error
    }
    try book(systems)
    try label(results)
    try store.insert([Fact(group: "time", name: "finished", value: Self.now)])
    return try store.results()
  }

  private func answersNote(_ results: RunResults) {
    let open = plan.evaluation.count * plan.samples
    let missing = results.gaps.count
    observer(
      .note(
        missing == 0
          ? "every system has answered its \(open) prompts"
          : "\(missing) answers are missing; the report says whose and why, and the same command asks again"
      )
    )
  }

  /// What self-probes took at systems elsewhere.
  private func book(_ systems: [StudySystem]) throws {
    for system in systems {
      if case .endpoint(.success(let endpoint)) = system.place {
        try store.add(spendingOf: system.name, endpoint)
      }
    }
  }

  static func describeModels(_ plan: StudyPlan) throws -> [ModelInfo] {
    try plan.models.map { model in
      guard let folder = model.folder else {
        guard let endpoint = model.endpoint else { throw StudyFailure.noCheckpoint(model: model.name) }
        return describe(model, endpoint)
      }
      let description = try LanguageCheckpoint.description(folder: folder)
      func fact(_ name: String, _ value: Int) -> Fact { Fact(group: "model", name: name, value: String(value)) }
      return ModelInfo(
        id: try LanguageCheckpoint.identity(folder: folder),
        name: model.name,
        source: model.source,
        facts: (model.commit.map { [Fact(group: "model", name: "commit", value: $0)] } ?? []) + [
          Fact(group: "model", name: "architecture", value: description.architecture),
          fact("parameters", description.parameterCount),
          fact("layers", description.layerCount),
          fact("width", description.hiddenSize),
          fact("vocabulary", description.vocabularySize),
        ]
          + model.conversation.recipe.members.map { name, value in
            Fact(group: "model", name: name, value: value.string ?? value.text(.canonical))
          }
      )
    }
  }

  /// What answers depend on. The panel and the references are not part of it: stored answers may be judged anew.
  static func studyInfo(_ plan: StudyPlan, _ models: [ModelInfo]) -> StudyInfo {
    var resolved: JSONObject = [
      "version": 1,
      "models": .array(models.map { ["name": .string($0.name), "identity": .string($0.id)] }),
      "edits": .array(plan.edits.map { ["name": .string($0.name), "recipe": $0.recipe] }),
      "prompts": .array(plan.evaluation.map { .string($0.id) }),
      "generation": generationRecipe(plan),
      "compute": .string(plan.compute.rawValue),
    ]
    let conversations = plan.models.map(\.conversation.recipe)
    if conversations.contains(where: { !$0.members.isEmpty }) {
      resolved["conversations"] = .array(conversations.map { .object($0) })
    }
    if let direction = plan.direction {
      resolved["directionPrompts"] = .string(hash(direction))
    }
    let hash = JSONValue.object(resolved).contentHash
    resolved["name"] = .string(plan.name)
    resolved["panel"] = .string(plan.panel)
    resolved["references"] = .array(plan.references.map { .string($0.rawValue) })
    resolved["declared"] = plan.document
    return StudyInfo(
      name: plan.name,
      summary: plan.summary,
      caution: plan.caution,
      hash: hash,
      json: JSONValue.object(resolved).text(.canonical)
    )
  }

  static func generationRecipe(_ plan: StudyPlan) -> JSONValue {
    let settings = plan.generation
    var recipe: JSONObject = [
      "maximumNewTokens": .integer(Int64(settings.maximumNewTokens)),
      "temperature": .number(settings.temperature),
      "topP": .number(settings.topP),
      "topK": .integer(Int64(settings.topK)),
      "seed": .integer(Int64(bitPattern: settings.seed)),
      "samples": .integer(Int64(plan.samples)),
      "systemPrompt": plan.systemPrompt.map { .string($0) } ?? .null,
    ]
    // Said only where there is one, so that other studies keep their hashes.
    if let preset = plan.generationPreset { recipe["preset"] = .string(preset.rawValue) }
    return .object(recipe)
  }

  static func hash(_ prompts: DirectionPrompts) -> String {
    let list: JSONValue = [
      "harmful": .array(prompts.harmful.map { .string($0) }),
      "harmless": .array(prompts.harmless.map { .string($0) }),
    ]
    return list.contentHash
  }

  private func label(_ results: RunResults) throws {
    for (position, rule) in plan.references.enumerated() {
      let labels = results.responses.map { response in
        let item = ItemIdentity.item(
          prompt: results.prompts[response.prompt].text,
          response: response.text,
          systemID: nil
        )
        let found = rule.label(response.text)
        return (item: item.id, label: found.label, note: found.note.isEmpty ? nil : found.note)
      }
      try store.replaceAnnotations(AnnotatorInfo(name: rule.annotator, kind: rule.kind), position: position, labels)
    }
  }

  private var machineFacts: [Fact] {
    #if DEBUG
      let build = "debug"
    #else
      let build = "release"
    #endif
    return [
      Fact(group: "build", name: "version", value: options.version),
      Fact(group: "build", name: "configuration", value: build),
      Fact(group: "machine", name: "instructions", value: InstructionSet.best.rawValue),
      Fact(group: "machine", name: "arithmetic", value: plan.compute.rawValue),
      Fact(group: "machine", name: "threads", value: String(options.threads)),
      Fact(group: "machine", name: "batch", value: String(options.batch)),
    ]
  }

  /// What the preset of the generation copies of the paper's code, for the report; edits say theirs themselves.
  private var presetFacts: [Fact] {
    (plan.generationPreset?.discrepancies ?? []).map { one in
      Fact(
        group: "generation as in the paper's code",
        name: one.id,
        value: one.text + (one.isCopied ? "" : " (not copied)")
      )
    }
  }

  private static var now: String { Date.now.formatted(.iso8601) }
}
