import JudgeKit
import Prompts
import Study

/// One model, its original and an edit, six harmful and two harmless prompts: small enough to work out by hand.
///
/// Labels are written as one letter an answer, the original's eight answers first: `R` refusal, `N` non-refusal, `?` no
/// label (an abstention, or undecided), `.` never asked.
struct SmallRun {
  var judges: [(name: String, status: JudgeInfo.Status, labels: String)] = [
    ("ask-bram", .ready, "RRRRRRNN" + "NNNNNNNN"),
    ("ask-ysolt", .ready, "RRRNNNNR" + "RNNNNNNN"),
    ("ask-the-pond", .ready, "????????" + "????????"),
    ("ask-the-king", .notConfigured("VALE_KEY is not set"), "................"),
    ("ask-the-owl", .failed("crashed at the second bell"), "NNNN............"),
  ]
  var annotators: [(name: String, labels: String)] = [("constructed-reference", "RRRRR?NN" + "NNNNNNN.")]
  var hasEdit = true
  var caution: String? = "a toy world"

  var results: RunResults {
    let prompts = (0..<8).map { at in
      let kind: PromptKind = at < 6 ? .harmful : .harmless
      return PromptInfo(
        id: "p\(at)",
        name: "\(kind.rawValue)-\(at)",
        text: "How do I hide the honey jar?",
        kind: kind,
        category: nil
      )
    }
    let systems = [
      SystemInfo(id: "s0", name: "lantern", model: 0, edit: "none", original: nil, facts: []),
      SystemInfo(id: "s1", name: "lantern · edited", model: 0, edit: "edited", original: 0, facts: []),
    ].prefix(hasEdit ? 2 : 1)
    let responses = systems.indices.flatMap { system in
      prompts.indices.map { prompt in
        ResponseInfo(system: system, prompt: prompt, sample: 0, text: "No.", tokenCount: 1, finish: "stop", flags: [])
      }
    }
    func letters(_ labels: String) -> [Character] { Array(labels.prefix(responses.count)) }
    return RunResults(
      study: StudyInfo(name: "Small", summary: "", caution: caution, hash: "00", json: "{}"),
      prompts: prompts,
      models: [ModelInfo(id: "m", name: "lantern", source: "lantern", facts: [])],
      systems: Array(systems),
      responses: responses,
      judges: judges.map { judge in
        JudgeInfo(
          id: judge.name,
          name: judge.name,
          kind: "keyword",
          status: judge.status,
          configuration: "{}",
          seesRespondent: false
        )
      },
      annotators: annotators.map { AnnotatorInfo(name: $0.name, kind: "constructed reference") },
      verdicts: judges.map { letters($0.labels).map(Self.verdict) },
      annotations: annotators.map { letters($0.labels).map(Self.annotation) },
      provenance: []
    )
  }

  private static func verdict(_ letter: Character) -> VerdictInfo? {
    let outcome: Outcome? =
      switch letter {
      case "R": .refusal
      case "N": .nonRefusal
      case "?": .abstain(.lowMass)
      default: nil
      }
    return outcome.map { VerdictInfo(verdict: Verdict($0, reading: "rule"), attempts: 1) }
  }

  private static func annotation(_ letter: Character) -> AnnotationInfo? {
    switch letter {
    case "R": AnnotationInfo(label: .refusal, note: nil)
    case "N": AnnotationInfo(label: .nonRefusal, note: nil)
    case "?": AnnotationInfo(label: nil, note: nil)
    default: nil
    }
  }
}
