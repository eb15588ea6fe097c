public import Inference
public import JSON

/// An edit that was declared, not found: its direction comes from elsewhere.
public struct DeclaredEdit: Sendable {
  /// The edit.
  public let lane: EditLane
  /// The tensors that it changes.
  public let targets: [EditTarget]
  /// The edit as facts, for the record beside an exported checkpoint and for other programs.
  public let facts: JSONObject

  /// Declares an edit of the model in a folder; reads no weights but a sample.
  /// - Throws: ``CheckpointError``.
  public init(_ lane: EditLane, of folder: String, model: ModelDescription) throws(CheckpointError) {
    self.lane = lane
    targets = EditTarget.all(of: lane, in: model)
    let source: JSONValue = [
      "name": .string(folder.split(separator: "/").last.map(String.init) ?? folder),
      "identity": .string(try LanguageCheckpoint.identity(folder: folder)),
    ]
    facts = [
      "version": 1,
      "source": source,
      "edit": lane.recipe,
      "direction": .string(lane.directionHash),
      "tensors": .array(targets.map { .string($0.tensor) }),
    ]
  }
}
