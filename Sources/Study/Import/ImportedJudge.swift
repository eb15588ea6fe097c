internal import JSON
internal import JudgeKit
internal import LabelTables

/// A judge whose verdicts were made elsewhere: its configuration says how its words were read.
struct ImportedJudge: Sendable {
  /// The kind in the run file; no entry of `judges.json` can have it.
  static let kind = "imported"

  let name: String
  /// Hash of the configuration.
  let id: String
  /// Canonical JSON: scheme, words, construct, rule for partial refusal, columns, hash of the file.
  let configuration: String

  init(name: String, rule: LabelRule, mapping: ColumnMapping, sha256: String) {
    var facts = rule.json
    facts["kind"] = .string(Self.kind)
    facts["mapping"] = mapping.json
    facts["file"] = .string(sha256)
    let json = JSONValue.object(facts)
    self.name = name
    id = json.contentHash
    configuration = json.text(.canonical)
  }

  /// What a stored judge measures: judges that are asked measure refusal.
  static func construct(kind: String, configuration: String) -> Construct {
    guard kind == Self.kind else { return .refusal }
    return RunStore.json(configuration)["construct"]?.string.flatMap(Construct.init) ?? .refusal
  }
}

/// A label of a judge or a person for an item, as an import makes it.
struct ImportedLabel {
  let label: ReadLabel
  /// P(refusal), 0…1, where the file gives it.
  let probability: Double?
  /// What the tool answered, unread.
  let raw: String?
  let line: Int

  var verdict: Verdict {
    Verdict(
      label.outcome,
      score: probability,
      raw: raw,
      reading: ImportedJudge.kind,
      scaleLabel: label.word,
      detail: label.detail
    )
  }
}
