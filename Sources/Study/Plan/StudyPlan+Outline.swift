internal import Inference
public import JSON
internal import JudgeHost
internal import Prompts

extension StudyPlan {
  /// What the study amounts to, for people who check it before they run it.
  public var outline: JSONValue {
    func count(_ kind: PromptKind) -> JSONValue { .integer(Int64(evaluation.count { $0.kind == kind })) }
    let systems = models.count * (edits.count + 1)
    return [
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
  }
}
