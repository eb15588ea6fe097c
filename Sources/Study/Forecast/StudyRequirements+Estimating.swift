internal import Abliteration
internal import Endpoints
internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit

extension StudyRequirements {
  /// Weighs a study. Looks at what is on the disk, asks nobody, computes nothing.
  /// - Parameters:
  ///   - plan: read with `listsMissing`, so that nothing of it need be there.
  ///   - environment: where variables of secrets are looked up.
  public init(_ plan: StudyPlan, options: Options = Options(), machine: Machine, environment: [String: String]) {
    let scale = Scale(plan, options)
    name = plan.name
    prompts = scale.prompts
    systems = plan.systemCount
    answers = scale.prompts.map { $0 * plan.samples * plan.systemCount }
    self.machine = machine
    let estimate = Estimate(plan: plan, scale: scale, machine: machine, environment: environment)
    models = plan.models.map(estimate.model)
    judges = plan.judges.map(estimate.judge)
    var missing = plan.missing
    for model in plan.models {
      for variable in model.endpoint?.secretVariables ?? [] where environment[variable]?.isEmpty ?? true {
        missing.append(MissingPart(kind: .variable, owner: model.name, name: variable, remedy: nil))
      }
    }
    for judge in plan.judges {
      for variable in judge.secretVariables where environment[variable]?.isEmpty ?? true {
        missing.append(MissingPart(kind: .variable, owner: judge.id, name: variable, remedy: nil))
      }
    }
    self.missing = missing
    assumptions = estimate.assumptions
  }

  /// Counts and lengths, from the texts where they are there.
  struct Scale {
    let prompts: Int?
    let direction: Int?
    /// Bytes of a prompt, the mean.
    let promptBytes: Int
    let promptTokens: Int
    let answerTokens: Int
    let mostTokens: Int
    let batch: Int
    let areTextsHere: Bool

    /// Tokens of a template around a conversation.
    static let frameTokens = 40
    /// Bytes of a prompt that is not here.
    static let assumedPromptBytes = 150
    /// Bytes of a token of English text, about.
    static let bytesPerToken = 4

    init(_ plan: StudyPlan, _ options: Options) {
      prompts = plan.expected.evaluation?.total
      direction = plan.expected.direction?.total
      areTextsHere = !plan.evaluation.isEmpty
      let bytes = plan.evaluation.reduce(0) { $0 + $1.text.utf8.count }
      promptBytes = areTextsHere ? (bytes + plan.evaluation.count - 1) / plan.evaluation.count : Self.assumedPromptBytes
      promptTokens =
        (promptBytes + (plan.systemPrompt?.utf8.count ?? 0)) / Self.bytesPerToken + 1 + Self.frameTokens
      mostTokens = plan.generation.maximumNewTokens
      answerTokens = min(options.answerTokens, mostTokens)
      batch = max(1, options.batch)
    }
  }

  /// The parts of an estimate.
  struct Estimate {
    let plan: StudyPlan
    let scale: Scale
    let machine: Machine
    let environment: [String: String]

    /// Bytes of a weight in memory: kernels for bfloat16 take float32 weights as they are.
    private func weightBytes(_ shape: ModelShape) -> Int { plan.compute == .f32 || shape.storedBytes > 2 ? 4 : 2 }

    /// Bytes of all weights that are in memory at once: an edit done to the weights has a copy of its own.
    private func weights(_ shape: ModelShape, _ model: PlannedModel) -> Int {
      let own = shape.parameters * weightBytes(shape)
      guard plan.edits(of: model).contains(where: { $0.preset == .paper }) else { return own }
      let edited = shape.writerWeights
      return own + (shape.parameters - edited) * weightBytes(shape) + edited * 4
    }

    private func both(_ seconds: (_ answerTokens: Int) -> Double) -> Span {
      Span(expected: seconds(scale.answerTokens), most: seconds(scale.mostTokens))
    }

    private func time(_ shape: ModelShape) -> ModelTime {
      ModelTime(shape: shape, rate: machine.rate, weightBytes: weightBytes(shape))
    }

    func model(_ model: PlannedModel) -> Model {
      let count = 1 + plan.edits(of: model).count
      let each = scale.prompts.map { $0 * plan.samples }
      var need = Model(
        name: model.name,
        source: model.source,
        isHere: true,
        isElsewhere: model.endpoint != nil,
        systems: count,
        answers: each.map { $0 * count }
      )
      if let endpoint = model.endpoint {
        need.cost = each.map { cost(endpoint, items: $0) }
        return need
      }
      need.isHere = !plan.missing.contains { $0.kind == .checkpoint && $0.owner == model.name }
      guard let (shape, source) = shape(of: model) else { return need }
      need.sizesFrom = source
      need.parameters = shape.parameters
      need.diskBytes = Self.weightFiles(model.folder) ?? shape.parameters * shape.storedBytes
      let positions = scale.promptTokens + scale.mostTokens
      let sequences = min(scale.batch, max(1, (each ?? scale.batch) * count))
      let limits = Engine.Limits()
      // A cache that is larger than the limit makes the engine decode fewer sequences at once, one at least.
      let cache = max(
        shape.cacheBytes(positions: positions),
        min(limits.cacheBytes, sequences * shape.cacheBytes(positions: positions))
      )
      need.memory = Memory(
        weights: weights(shape, model),
        cache: cache,
        activations: shape.activationBytes(rows: limits.rows)
      )
      guard let each else { return need }
      let fitting = max(1, min(sequences, limits.cacheBytes / max(1, shape.cacheBytes(positions: positions))))
      let time = time(shape)
      let directions = plan.edits(of: model).isEmpty ? 0 : scale.direction ?? 0
      let probes = plan.judges.filter { $0.needs.contains(.respondent) }
      need.seconds = both { tokens in
        time.reading(tokens: scale.promptTokens, sequences: directions)
          + time.reading(tokens: scale.promptTokens, sequences: each * count)
          + time.writing(tokens: tokens, after: scale.promptTokens, sequences: each * count, batch: fitting)
          + probes.reduce(0) { $0 + judging($1, time, tokens, items: each * count) }
      }
      return need
    }

    func judge(_ judge: JudgeDeclaration) -> Judge {
      let items = scale.prompts.map { $0 * plan.samples * plan.systemCount }
      var need = Judge(name: judge.id, kind: judge.kind.kind, items: items)
      if let variable = judge.secretVariables.first(where: { environment[$0]?.isEmpty ?? true }) {
        need.obstacle = "the environment variable \(variable) is not set"
      } else if !judge.missingCheckpoints.isEmpty {
        need.obstacle = "its checkpoint is not here"
      }
      if let items {
        let least = items * scale.promptBytes
        let load = JudgeLoad(items: items, bytes: least...(least + items * scale.mostTokens * 6))
        need.cost = JudgePricing.cost(of: judge, load)
      }
      // A self-probe's time is in its models'.
      guard let folder = judge.checkpoints.first, let shape = shape(folder: folder) else { return need }
      if !plan.models.contains(where: { $0.folder == folder || $0.source == folder }) {
        need.diskBytes = Self.weightFiles(folder) ?? shape.parameters * shape.storedBytes
      }
      if let items { need.seconds = both { judging(judge, time(shape), $0, items: items) } }
      return need
    }

    /// Seconds of a judge that shows a model prompt and answer.
    private func judging(_ judge: JudgeDeclaration, _ time: ModelTime, _ answerTokens: Int, items: Int) -> Double {
      let reading = ModelReading(judge.options, standard: .logprob)
      let shown = judge.frameBytes / Scale.bytesPerToken + scale.promptTokens + answerTokens
      let orders = reading.swapsLabels ? 2 : 1
      // Labels are scored along a trie of a few tokens.
      guard reading.method == .generate else { return time.reading(tokens: shown + 8, sequences: items * orders) }
      let asked = items * orders * reading.samples
      return time.reading(tokens: shown, sequences: asked)
        + time.writing(tokens: reading.maximumTokens, after: shown, sequences: asked, batch: scale.batch)
    }

    private func cost(_ endpoint: PlannedEndpoint, items: Int) -> JudgeCost {
      let bytes = items * scale.promptBytes
      let estimate = CostEstimate(
        CostEstimate.Question(
          items: items,
          bytes: bytes...bytes,
          frameBytes: plan.systemPrompt?.utf8.count ?? 0,
          requestsPerItem: 1,
          maximumTokens: scale.mostTokens,
          attempts: endpoint.host.attempts
        ),
        price: endpoint.host.requestLimits.price
      )
      return JudgeCost(
        requests: estimate.requests.lowerBound,
        tokens: estimate.tokens,
        money: estimate.money,
        currency: estimate.currency
      )
    }

    /// The sizes of a model and where they come from: its own file before what is declared.
    private func shape(of model: PlannedModel) -> (ModelShape, String)? {
      if let folder = model.folder, let shape = Self.config(folder) { return (shape, "config.json") }
      if let shape = model.shape { return (shape, "shape") }
      return Self.known(model.source).map { ($0, "known checkpoint") }
    }

    /// The sizes of a judge's checkpoint; one that is a model of the study has that model's.
    private func shape(folder: String) -> ModelShape? {
      let same = plan.models.first { $0.folder == folder || $0.source == folder }
      return same.flatMap { shape(of: $0)?.0 } ?? Self.config(folder) ?? Self.known(folder)
    }

    private static func known(_ reference: String) -> ModelShape? {
      guard let repository = MissingPart.hubRepository(reference) else { return nil }
      return ModelShape.known.first { $0.checkpoints.contains(repository) }?.shape
    }

    private static func config(_ folder: String) -> ModelShape? {
      (try? JSONDocument.read(file: "\(folder)/config.json")).flatMap { ModelShape(config: $0.root) }
    }

    /// Bytes of the weight files of a folder; nil where there are none.
    private static func weightFiles(_ folder: String?) -> Int? {
      guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
      let sizes = names.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".gguf") }.compactMap { name -> Int? in
        let file = URL(fileURLWithPath: "\(folder)/\(name)").resolvingSymlinksInPath()
        return try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize
      }
      return sizes.isEmpty ? nil : sizes.reduce(0, +)
    }

    var assumptions: [String] {
      let rate = machine.rate
      let billions = Int((rate.flops / 1e9).rounded())
      let spread = Int((rate.spread * 100).rounded())
      var lines = [
        machine.isDeclared
          ? "hours follow from a declared rate of \(billions) billion operations a second"
          : "hours follow from a measurement of about a second, a 64 MB matrix of bfloat16 with \(machine.threads) threads: "
            + "\(billions) billion operations a second (spread \(spread) %)",
        "counted are multiplications with weights and of attention; what else an engine does, and other work of the machine, "
          + "comes on top: read hours as a bound from below (on a busy machine, prompts took 1.3 to 3 times and single answers "
          + "2 to 5 times as long), and compare with tribunal bench on a checkpoint that is here",
        "an answer has \(scale.answerTokens) tokens as expected (--answer-tokens) and \(scale.mostTokens) at most; a token of "
          + "text has \(Scale.bytesPerToken) bytes, a chat template takes \(Scale.frameTokens) tokens",
        "memory: weights as the arithmetic \(plan.compute.rawValue) keeps them (the preset paper has a second copy), keys and values "
          + "up to the engine's limit, one model at a time",
      ]
      if rate.spread > 0.2 {
        lines.append("the measurement itself spread by \(spread) %: something else keeps this machine busy")
      }
      if !scale.areTextsHere {
        lines.append("prompts are not here: \(scale.promptBytes) bytes each are assumed")
      }
      if scale.prompts == nil {
        lines.append("how many prompts there are is not known: prompts.evaluation.expect says it")
      }
      if plan.judges.contains(where: { $0.kind.usesEndpoints }) || plan.models.contains(where: { $0.endpoint != nil }) {
        lines.append("requests are counted without retries; tokens and money are bounds from the lengths of texts")
      }
      return lines
    }
  }
}

extension StudyRequirements.Machine {
  /// This machine, with a declared rate or a measured one.
  /// - Parameters:
  ///   - declared: operations a second; nil measures.
  ///   - folder: whose disk is looked at.
  /// - Throws: `EngineError`.
  public static func here(declared: Double?, threads: Int, folder: String) throws -> Self {
    let rate = try declared.map { MatrixRate(flops: $0) } ?? MatrixRate.measure(threads: threads)
    let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return Self(
      rate: rate,
      isDeclared: declared != nil,
      threads: threads,
      memoryBytes: Int(exactly: ProcessInfo.processInfo.physicalMemory),
      freeDiskBytes: (disk?[.systemFreeSize] as? NSNumber)?.intValue
    )
  }
}
