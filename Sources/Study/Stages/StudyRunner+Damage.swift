internal import Inference
internal import JSON

/// What rounded weights do to the logits, measured where a study asks for them and kept with its systems.
extension StudyRunner {
  /// Rows that the measurement runs: the first prompts, harmful and harmless in turn, as the model is asked them.
  private static let damageRows = 8

  /// Facts about a model's rounded weights; none where the weights are as stored, or where the run has answers already and
  /// with them the facts.
  func damageFacts(_ model: PlannedModel, system: StudySystem) async throws -> [Fact] {
    guard plan.compute == .int8 || plan.compute == .int4, let folder = model.folder else { return [] }
    guard try store.settled(system: system.id).isEmpty else { return [] }
    observer(.stage(name: "what \(plan.compute.rawValue) does to \(model.name)", done: 0, total: 1))
    let conversation = Conversation(
      try LanguageCheckpoint(folder: folder, compute: .bf16, memoryBudgetBytes: 0),
      model.conversation
    )
    let byKind = Dictionary(grouping: plan.evaluation, by: \.kind).values.map { $0.prefix(Self.damageRows / 2) }
    let rows = try byKind.joined().map { try asking($0.text, conversation).tokens }.sorted {
      $0.lexicographicallyPrecedes($1)
    }
    let found = try await LogitDamage.measure(
      folder: folder,
      compute: plan.compute,
      rows: rows,
      threads: options.threads
    )
    observer(.advanced(1))
    guard let found else {
      return [Fact(group: "weights", name: plan.compute.rawValue, value: "damage not measurable: all logits are equal")]
    }
    return [
      Fact(group: "weights", name: plan.compute.rawValue, value: "rounded; \(found.summary)"),
      Fact(group: "weights", name: "damage", value: JSONValue.object(found.facts).text()),
    ]
  }
}
