internal import Inference
internal import JudgeHost
internal import JudgeKit
internal import Locking

/// Local models of a run: checkpoints by folder, and for self-probes the very system that answered.
struct StudyModels: ModelSource {
  /// Who answered an item.
  struct Answerer: Sendable {
    let system: StudySystem
    let prompt: String
    let response: String
    let reasoning: String?
  }

  let shelf: ModelShelf
  let systemPrompt: String?
  /// By the id of the respondent's item.
  let answerers: [String: Answerer]
  /// Every system of the run, for those that are named.
  var systems: [StudySystem] = []
  private let conversations = ConversationShelf()

  func languageModel(folder: String) async throws -> any LanguageModel {
    try await LocalModels(shelf: shelf).languageModel(folder: folder)
  }

  func modelIdentity(folder: String) throws -> String { try LocalModels(shelf: shelf).modelIdentity(folder: folder) }

  func respondent(of item: Item) async throws -> Respondent {
    let answerer = try answerer(of: item)
    return try await respondent(answerer.system, answerer)
  }

  func respondent(named system: String, of item: Item) async throws -> Respondent {
    let answerer = try answerer(of: item)
    guard let found = systems.first(where: { $0.name == system }) else {
      let known = systems.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw JudgeFailure.fatal(.outOfScope, detail: "this run has no system \"\(system)\"; it has \(known)")
    }
    return try await respondent(found, answerer)
  }

  private func answerer(of item: Item) throws -> Answerer {
    guard let answerer = answerers[item.id] else {
      throw JudgeFailure.fatal(.outOfScope, detail: "this run does not know who answered the item")
    }
    return answerer
  }

  private func respondent(_ system: StudySystem, _ answerer: Answerer) async throws -> Respondent {
    let model: any LanguageModel
    switch system.place {
    case .folder(let folder, let weightEdit):
      let engine = try await shelf.engine(folder: folder, weightEdit: weightEdit)
      let conversation = conversations.of(system, engine.checkpoint)
      model = CheckpointModel(engine: engine, lane: system.lane, identity: system.id, conversation: conversation)
    case .endpoint(let endpoint):
      do { model = try endpoint.get().connection.model() } catch {
        throw JudgeFailure.fatal(.authentication, detail: "\(error)")
      }
    }
    let before = systemPrompt.map { [ChatTurn(.system, $0)] } ?? []
    return Respondent(
      model: model,
      turns: before + [
        ChatTurn(.user, answerer.prompt), ChatTurn(.assistant, answerer.response, reasoning: answerer.reasoning),
      ],
      isAuthor: system.id == answerer.system.id
    )
  }
}

/// A model with an edit whose direction is known, ready to answer.
struct StudySystem: Sendable {
  /// Where its answers come from.
  enum Place: Sendable {
    /// A checkpoint folder, and an edit that is done to the weights themselves when they are read.
    case folder(String, weightEdit: EditLane)
    /// An endpoint; a failure where a secret is not set, which matters only to whoever asks it.
    case endpoint(Result<EndpointModel, any Error>)
  }

  let id: String
  let name: String
  let model: String
  let place: Place
  let lane: EditLane
  var conversation = ConversationSettings()

  /// The edit that its own copy of the weights carries; `none` where it shares the model's.
  var weightEdit: EditLane { if case .folder(_, let edit) = place { edit } else { .none } }
}

/// Prepares the conversations with a system once, as files of its checkpoint are read for that.
private final class ConversationShelf: Sendable {
  private let known = Locked<[String: Conversation]>([:])

  func of(_ system: StudySystem, _ checkpoint: LanguageCheckpoint) -> Conversation {
    known.withLock { known in
      if let found = known[system.id] { return found }
      let made = Conversation(checkpoint, system.conversation)
      known[system.id] = made
      return made
    }
  }
}
