internal import Abliteration
internal import Hashing
internal import Inference
internal import JSON

/// The edit preset `paper`: its own reading of the direction, its own layers, its own rounding.
extension StudyRunner {
  /// Reads the direction as the paper's code does, in the order of the prompts.
  func paperDirection(of model: PlannedModel, _ edit: PlannedEdit, _ prompts: DirectionPrompts) async throws
    -> StoredDirection
  {
    let engine = try await engine(of: model)
    let conversation = Conversation(engine.checkpoint, model.conversation)
    let harmful = try prompts.harmful.map { try asking($0, conversation).tokens }
    let harmless = try prompts.harmless.map { try asking($0, conversation).tokens }
    do {
      let found = try await PaperDirection.reading(engine, harmful: harmful, harmless: harmless)
      _ = try found.lane()
      let before = try await MeanDifference.reading(engine, harmful: harmful, harmless: harmless)
      let source: JSONValue = [
        "prompts": .string(Self.hash(prompts)),
        "site": "postFinalNorm",
        "layer": .integer(Int64(found.layerCount)),
        "vector": .string(SHA256.hex(found.direction.withUnsafeBytes { Array($0) })),
      ]
      let norms = [JSONValue](repeating: .null, count: found.layerCount) + [.number(Double(found.norm))]
      let made = StoredDirection(
        model: model.name,
        edit: edit.name,
        hash: source.contentHash,
        layer: found.layerCount,
        norms: .array(norms),
        trials: ["cosineToDirectionBeforeNorm": .number(found.cosine(to: before.difference[found.layerCount]))],
        vector: found.direction
      )
      try store.insert(made)
      observer(.advanced(1))
      return made
    } catch let error as DirectionError {
      throw StudyFailure.noDirection(model: model.name, edit: edit.name, reason: "\(error)")
    }
  }

  /// The edit of a direction that is known.
  static func lane(_ edit: PlannedEdit, _ direction: StoredDirection) throws -> EditLane {
    guard edit.preset == .paper else {
      return EditLane(direction: direction.vector, sites: edit.preset.sites, strength: Float(edit.strength))
    }
    return PaperDirection.lane(
      direction: direction.vector,
      layerCount: direction.layer,
      strength: Float(edit.strength)
    )
  }

  /// What a report says of the preset beside the usual facts.
  static func paperFacts(_ edit: PlannedEdit, _ direction: StoredDirection) -> [Fact] {
    guard edit.preset == .paper else { return [] }
    let cosine = direction.trials["cosineToDirectionBeforeNorm"]?.double.map { "\(($0 * 1e4).rounded() / 1e4)" }
    return [Fact(group: "edit", name: "cosine to the direction before the norm", value: cosine ?? "unknown")]
      + edit.preset.discrepancies.map { text in
        let parts = text.split(separator: ": ", maxSplits: 1).map(String.init)
        return Fact(group: "edit", name: "as in the paper's code, \(parts[0])", value: parts.last ?? text)
      }
  }
}
