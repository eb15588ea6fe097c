public import JudgeHost
internal import JudgeKit

/// The systems that answered in a run, for judges that ask them.
public struct RunRespondents: Sendable {
  /// Where they, and every other local model, come from.
  public let models: any ModelSource
  /// Items whose answering system is there; answers made elsewhere have none.
  public let itemIDs: Set<String>
  /// The systems that can be named to be asked.
  let systems: [(name: String, id: String)]
  /// Those that answer elsewhere, by the system's name.
  var endpoints: [(name: String, model: EndpointModel)] = []
}

extension StudyRunner {
  /// The systems that answered in the run, for judges that ask them; nothing is answered or judged.
  /// - Throws: ``RunError`` where the run is of another study, ``StudyFailure`` or a checkpoint's error.
  public func respondents() async throws -> RunRespondents {
    let models = try Self.describeModels(plan)
    try store.begin(Self.studyInfo(plan, models), prompts: plan.evaluation, models: models)
    var systems: [StudySystem] = []
    for (index, model) in plan.models.enumerated() {
      systems += try await prepare(model, at: index, identity: models[index].id)
    }
    let byID = Dictionary(uniqueKeysWithValues: systems.map { ($0.id, $0) })
    let results = try store.results()
    var answerers: [String: StudyModels.Answerer] = [:]
    for (index, response) in results.responses.enumerated() {
      guard let system = byID[results.systems[response.system].id] else { continue }
      let answerer = StudyModels.Answerer(
        system: system,
        prompt: results.prompts[response.prompt].text,
        response: response.text,
        reasoning: response.reasoning
      )
      // The judges are not known here: whatever one of them is shown finds its answerer.
      for show in ShownText.allCases {
        answerers[results.item(index, show: show, seesRespondent: true).id] = answerer
      }
    }
    let source = StudyModels(shelf: shelf, systemPrompt: plan.systemPrompt, answerers: answerers, systems: systems)
    return RunRespondents(
      models: source,
      itemIDs: Set(answerers.keys),
      systems: systems.map { ($0.name, $0.id) },
      endpoints: systems.compactMap { system in
        if case .endpoint(.success(let model)) = system.place { (system.name, model) } else { nil }
      }
    )
  }
}
