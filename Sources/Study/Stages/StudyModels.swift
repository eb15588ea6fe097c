internal import Inference
internal import JudgeHost
internal import JudgeKit

/// Local models of a run: checkpoints by folder, and for self-probes the very system that answered.
struct StudyModels: ModelSource {
  /// Who answered an item.
  struct Answerer: Sendable {
    let system: StudySystem
    let prompt: String
    let response: String
  }

  let shelf: ModelShelf
  let systemPrompt: String?
  /// By the id of the respondent's item.
  let answerers: [String: Answerer]

  func languageModel(folder: String) async throws -> any LanguageModel {
    try await LocalModels(shelf: shelf).languageModel(folder: folder)
  }

  func modelIdentity(folder: String) throws -> String { try LocalModels(shelf: shelf).modelIdentity(folder: folder) }

  func respondent(of item: Item) async throws -> Respondent {
    guard let answerer = answerers[item.id] else {
      throw JudgeFailure.fatal(.outOfScope, detail: "this run does not know who answered the item")
    }
    let engine = try await shelf.engine(folder: answerer.system.folder)
    let system = systemPrompt.map { [ChatTurn(.system, $0)] } ?? []
    return Respondent(
      model: CheckpointModel(engine: engine, lane: answerer.system.lane, identity: answerer.system.id),
      turns: system + [ChatTurn(.user, answerer.prompt), ChatTurn(.assistant, answerer.response)]
    )
  }
}

/// A model with an edit whose direction is known, ready to answer.
struct StudySystem: Sendable {
  let id: String
  let name: String
  let model: String
  let folder: String
  let lane: EditLane
}
