internal import Inference
public import JudgeHost
public import JudgeKit

/// Local checkpoints for judges outside a study: there is no system that answered.
public struct LocalModels: ModelSource {
  private let shelf: ModelShelf

  /// Takes models from a shelf.
  public init(shelf: ModelShelf) { self.shelf = shelf }

  /// The unedited checkpoint of a folder.
  public func languageModel(folder: String) async throws -> any LanguageModel {
    let engine = try await shelf.engine(folder: folder)
    return CheckpointModel(engine: engine, lane: .none, identity: try modelIdentity(folder: folder))
  }

  /// The checkpoint's content and the arithmetic, as both can change a verdict.
  public func modelIdentity(folder: String) throws -> String {
    "\(try CheckpointIdentity.full(folder: folder)) \(shelf.compute.rawValue)"
  }

  /// Always fails: only a run knows who answered.
  public func respondent(of item: Item) async throws -> Respondent {
    throw JudgeFailure.fatal(.outOfScope, detail: "the system that answered is known in a run only")
  }
}
