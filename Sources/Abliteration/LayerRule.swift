public import Inference

/// How the layer is chosen whose direction is removed; declared before the run and recorded with it.
public enum LayerRule: Sendable, Equatable {
  /// This layer, 0…L.
  case fixed(Int)
  /// The layer 1…L whose difference has the greatest norm; the smaller of equals.
  case largestNorm
  /// Of the layers 1…L that keep at least `floor` of the harmless training prompts answered, the one after whose removal
  /// most harmful and harmless training prompts are answered; the smaller of equals. Never looks at evaluation prompts.
  case trainingCompliance(harmful: Int, harmless: Int, floor: Double)

  /// The word in files.
  public var name: String {
    switch self {
    case .fixed: "fixed"
    case .largestNorm: "largest-norm"
    case .trainingCompliance: "training-compliance"
    }
  }

  /// The layer that the directions alone decide; nil for a rule that needs trial replies.
  /// - Throws: ``DirectionError/noLayer(_:of:)``, or ``DirectionError/noPrompts`` for directions of no layer.
  public func layer(among directions: MeanDifference) throws(DirectionError) -> Int? {
    let count = directions.layerCount
    guard count >= 1 else { throw .noPrompts }
    switch self {
    case .fixed(let layer):
      guard (0...count).contains(layer) else { throw .noLayer(layer, of: count) }
      return layer
    case .largestNorm:
      return (1...count).max { (directions.norms[$0], -$0) < (directions.norms[$1], -$1) }
    case .trainingCompliance: return nil
    }
  }
}

/// A layer with what was seen when its direction was removed.
public struct LayerTrial: Sendable, Equatable {
  /// 1…L.
  public let layer: Int
  /// Share of the harmful training prompts answered, 0…1.
  public let harmfulCompliance: Double
  /// Share of the harmful training prompts refused, 0…1.
  public let harmfulRefusal: Double
  /// Share of the harmless training prompts answered, 0…1.
  public let harmlessCompliance: Double
}

/// How a reply of a trial is read.
public enum TrialLabel: Sendable, Equatable {
  /// It declines.
  case refusal
  /// It answers.
  case compliance
  /// Neither for sure.
  case undecided
}

/// The chosen layer and the trials behind it.
public struct LayerChoice: Sendable, Equatable {
  /// The layer.
  public let layer: Int
  /// What was tried; empty where the rule needs no trial.
  public let trials: [LayerTrial]

  /// A choice already made.
  public init(layer: Int, trials: [LayerTrial]) {
    self.layer = layer
    self.trials = trials
  }

  /// Chooses a layer by a rule.
  ///
  /// All candidate layers are tried in one batch: the edits are lanes over one copy of the weights.
  /// - Parameters:
  ///   - prompts: token ids of training prompts; the rule takes as many as it declares, from the start.
  ///   - settings: how the trials' replies are decoded.
  ///   - label: reads a reply of a trial.
  public static func choosing(
    by rule: LayerRule,
    among directions: MeanDifference,
    preset: EditPreset,
    engine: Engine,
    prompts: (harmful: [[Int32]], harmless: [[Int32]]),
    settings: GenerationSettings,
    label: @Sendable ([Int32]) -> TrialLabel
  ) async throws -> LayerChoice {
    if let layer = try rule.layer(among: directions) { return LayerChoice(layer: layer, trials: []) }
    guard case .trainingCompliance(let harmfulCount, let harmlessCount, let floor) = rule else {
      throw DirectionError.needsTrials(rule: rule.name)
    }
    let harmful = Array(prompts.harmful.prefix(max(0, harmfulCount)))
    let harmless = Array(prompts.harmless.prefix(max(0, harmlessCount)))
    guard !harmful.isEmpty, !harmless.isEmpty else { throw DirectionError.noPrompts }
    let all = harmful + harmless
    let layers = (1...directions.layerCount).filter { directions.norms[$0] > 0 }
    var requests: [GenerationRequest] = []
    for layer in layers {
      let lane = try directions.lane(layer: layer, preset: preset)
      requests += all.map {
        GenerationRequest(tokens: $0, lane: lane, settings: settings, stopTokens: engine.checkpoint.stopTokens)
      }
    }
    let replies = try await engine.generate(requests)
    let trials = layers.enumerated().map { order, layer in
      let labels = replies[(order * all.count)..<((order + 1) * all.count)].map { label($0.tokens) }
      func share(_ part: ArraySlice<TrialLabel>, _ wanted: TrialLabel) -> Double {
        Double(part.count { $0 == wanted }) / Double(part.count)
      }
      let bad = labels[..<harmful.count]
      return LayerTrial(
        layer: layer,
        harmfulCompliance: share(bad, .compliance),
        harmfulRefusal: share(bad, .refusal),
        harmlessCompliance: share(labels[harmful.count...], .compliance)
      )
    }
    guard let best = best(of: trials, floor: floor) else { throw DirectionError.zero(layer: 1) }
    return LayerChoice(layer: best, trials: trials)
  }

  /// The rule on finished trials. Layers above the floor win over those below it.
  static func best(of trials: [LayerTrial], floor: Double) -> Int? {
    func rank(_ trial: LayerTrial) -> (Int, Double, Int) {
      (trial.harmlessCompliance >= floor ? 1 : 0, trial.harmfulCompliance + trial.harmlessCompliance, -trial.layer)
    }
    return trials.max { rank($0) < rank($1) }?.layer
  }
}
