public import Inference
public import JSON
public import Tensors

/// What will be removed, where, and from what it was read: everything about an edit before it is done.
public struct EditPlan: Sendable {
  /// The directions of all layers.
  public let directions: MeanDifference
  /// The rule that chose the layer.
  public let rule: LayerRule
  /// The layer whose direction is removed.
  public let choice: LayerChoice
  /// The declared set of weights.
  public let preset: EditPreset
  /// The edit.
  public let lane: EditLane
  /// The tensors that it changes.
  public let targets: [EditTarget]
  /// The direction of the preset `paper`; nil for any other.
  public let paper: PaperDirection?
  private let source: JSONObject

  /// Puts a plan together from a layer already chosen.
  public init(
    directions: MeanDifference,
    rule: LayerRule,
    choice: LayerChoice,
    preset: EditPreset,
    strength: Float,
    for checkpoint: LanguageCheckpoint
  ) throws(DirectionError) {
    guard abs(strength) <= 100, strength != 0 else { throw .badStrength(strength) }
    self.directions = directions
    self.rule = rule
    self.choice = choice
    self.preset = preset
    paper = nil
    lane = try directions.lane(layer: choice.layer, preset: preset, strength: strength)
    targets = EditTarget.all(of: lane, in: checkpoint.model)
    source = Self.source(checkpoint)
  }

  /// The plan of the preset `paper`, which has its own direction; those of all layers stand beside it.
  /// - Throws: ``DirectionError``
  public init(
    paper: PaperDirection,
    beside directions: MeanDifference,
    strength: Float,
    for checkpoint: LanguageCheckpoint
  ) throws(DirectionError) {
    guard abs(strength) <= 100, strength != 0 else { throw .badStrength(strength) }
    self.directions = directions
    self.paper = paper
    rule = .fixed(paper.layerCount)
    choice = LayerChoice(layer: paper.layerCount, trials: [])
    preset = .paper
    lane = try paper.lane(strength: strength)
    targets = EditTarget.all(of: lane, in: checkpoint.model)
    source = Self.source(checkpoint)
  }

  private static func source(_ checkpoint: LanguageCheckpoint) -> JSONObject {
    [
      "name": .string(checkpoint.folder.split(separator: "/").last.map(String.init) ?? checkpoint.folder),
      "identity": .string(checkpoint.identity), "compute": .string(checkpoint.compute.rawValue),
    ]
  }

  /// Reads the directions with the engine's model and chooses the layer by a rule that needs no trials; the preset `paper` has
  /// its own reading and no rule.
  /// - Parameters:
  ///   - harmful: requests of the class that the model refuses, each one user turn.
  ///   - harmless: requests of the other class.
  public static func reading(
    _ engine: Engine,
    harmful: [String],
    harmless: [String],
    rule: LayerRule,
    preset: EditPreset,
    strength: Float
  ) async throws -> EditPlan {
    let bad = try engine.checkpoint.promptTokens(asking: harmful)
    let good = try engine.checkpoint.promptTokens(asking: harmless)
    let directions = try await MeanDifference.reading(engine, harmful: bad, harmless: good)
    if preset == .paper {
      let paper = try await PaperDirection.reading(engine, harmful: bad, harmless: good)
      return try EditPlan(paper: paper, beside: directions, strength: strength, for: engine.checkpoint)
    }
    guard let layer = try rule.layer(among: directions) else { throw DirectionError.needsTrials(rule: rule.name) }
    return try EditPlan(
      directions: directions,
      rule: rule,
      choice: LayerChoice(layer: layer, trials: []),
      preset: preset,
      strength: strength,
      for: engine.checkpoint
    )
  }

  /// The plan as facts, for the record beside an exported checkpoint and for other programs.
  public var facts: JSONObject {
    var facts: JSONObject = [
      "version": 1,
      "source": .object(source),
      "harmful_prompts": .integer(Int64(directions.counts.harmful)),
      "harmless_prompts": .integer(Int64(directions.counts.harmless)),
      "norms": .array(directions.norms.map { .number($0) }),
      "rule": .string(rule.name),
      "layer": .integer(Int64(choice.layer)),
      "preset": .string(preset.rawValue),
      "edit": lane.recipe,
      "direction": .string(lane.directionHash),
      "tensors": .array(targets.map { .string($0.tensor) }),
    ]
    if let paper {
      facts["paper"] = [
        "norm": .number(Double(paper.norm)),
        "cosine_to_direction_before_norm": .number(paper.cosine(to: directions.difference[paper.layerCount])),
        "discrepancies": .array(preset.discrepancies.map { .string($0) }),
      ]
    }
    return facts
  }

  /// Writes `direction` [D], the unit vector that is removed, and `difference`, `harmful_mean`, `harmless_mean`
  /// [L+1, D], from which it comes; an edit file can name `direction`.
  public func writeDirections(to path: String) throws(TensorError) {
    let rows = directions.difference.count
    let width = lane.direction.count
    func table(_ name: String, _ values: [[Float]]) -> TensorData {
      TensorData(name: name, shape: [rows, width], floats: Array(values.joined()))
    }
    try SafetensorsWriter.write(
      [
        TensorData(name: "direction", shape: [width], floats: lane.direction),
        table("difference", directions.difference),
        table("harmful_mean", directions.harmfulMean),
        table("harmless_mean", directions.harmlessMean),
      ],
      metadata: [("layer", "\(choice.layer)"), ("rule", rule.name)],
      to: path
    )
  }
}

extension LanguageCheckpoint {
  /// The ids of conversations of one user turn each.
  public func promptTokens(asking requests: [String]) throws(CheckpointError) -> [[Int32]] {
    var all: [[Int32]] = []
    for request in requests { all.append(try promptTokens([Turn(role: "user", text: request)])) }
    return all
  }
}
