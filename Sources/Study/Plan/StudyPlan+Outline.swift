internal import Inference
public import JSON
internal import JudgeHost
internal import Prompts

extension StudyPlan {
  /// What the study amounts to, for people who check it before they run it.
  public var outline: JSONValue {
    func count(_ kind: PromptKind) -> JSONValue { .integer(Int64(evaluation.count { $0.kind == kind })) }
    let systems = systemCount
    var outline: JSONObject = [
      "name": .string(name),
      "models": .integer(Int64(models.count)),
      "systems": .integer(Int64(systems)),
      "harmfulPrompts": count(.harmful),
      "harmlessPrompts": count(.harmless),
      "leaks": leaks.map { .string($0.summary) } ?? .null,
      "answers": .integer(Int64(systems * evaluation.count * samples)),
      "judges": .array(judges.map { .string($0.id) }),
      "references": .array(references.map { .string($0.rawValue) }),
      "compute": .string(compute.rawValue),
    ]
    let declared = models.filter { $0.endpoint?.declares.edit != nil }.map(\.name)
    if !declared.isEmpty { outline["declaredNotVerified"] = .array(declared.map { .string($0) }) }
    if !discrepancies.isEmpty { outline["discrepancies"] = .array(discrepancies.map { .string($0) }) }
    // How models are spoken to and their thoughts are read, where that is not as usual.
    let conversations = models.map { ($0.name, JSONValue.object($0.conversation.recipe)) }
      .filter { $0.1 != .object([:]) }
    if !conversations.isEmpty { outline["conversations"] = .object(JSONObject(conversations)) }
    return .object(outline)
  }
}
