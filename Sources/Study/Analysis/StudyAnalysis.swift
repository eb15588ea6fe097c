internal import Prompts

/// What a run says of systems and judges: computed once from `RunResults`, shown by terminal, report and JSON alike.
///
/// Indices refer to the lists of the results. A judge whose status is not `ready` is listed in `judges` and counted
/// nowhere, also where it left verdicts before it stopped. A judge of another construct than refusal is counted apart, in
/// `otherConstructs`.
public struct StudyAnalysis: Sendable {
  /// The study.
  public let study: StudyInfo
  /// What is to be said of evaluation prompts that also serve the direction; nil where there are none.
  public let allowedLeak: String?
  /// The checkpoints.
  public let models: [ModelInfo]
  /// Models with their edits.
  public let systems: [SystemInfo]
  /// The panel, judges that could not be asked included.
  public let judges: [JudgeInfo]
  /// Who gave reference labels.
  public let annotators: [AnnotatorInfo]
  /// How many prompts there are of each kind.
  public let promptCounts: ByKind<Int>
  /// How many answers there are.
  public let responseCount: Int
  /// Answers that systems elsewhere have not given.
  public let gaps: [GapInfo]
  /// Indices of the judges of refusal that were asked.
  public let asked: [Int]
  /// `judgeRates[judge][system]`.
  public let judgeRates: [[ByKind<RefusalRate>]]
  /// `annotatorRates[annotator][system]`.
  public let annotatorRates: [[ByKind<RefusalRate>]]
  /// Every two of the judges asked.
  public let pairs: [JudgePair]
  /// The judges asked, together.
  public let panel: ByScope<PanelAgreement>
  /// Each judge asked against each annotator: judges within annotators.
  public let fidelity: [Fidelity]
  /// Edited systems with their originals.
  public let edits: [EditPair]
  /// `judgeEffects[judge][edit]`.
  public let judgeEffects: [[ByKind<EditEffect>]]
  /// `annotatorEffects[annotator][edit]`.
  public let annotatorEffects: [[ByKind<EditEffect>]]
  /// Answers on which the judges asked differ, the most evenly split first.
  public let disputed: [DisputedResponse]
  /// How often each rule that judges name as evidence matched, by judge.
  public let rules: [RuleUse]
  /// All abstentions of each judge, by reason.
  public let abstentions: [[ReasonCount]]
  /// What became of the answers at each judge, those that are not counted included.
  public let accounts: [JudgeAccount]
  /// Judges that measure something else than refusal: their own words, counted.
  public let otherConstructs: [ConstructCounts]
  /// Sentences in plain words, the weightiest first.
  public private(set) var findings: [Finding] = []
  /// `(prompt name, sample, system)` of each answer that is disputed, for JSON.
  let disputedNames: [(system: String, prompt: String, sample: Int)]
  /// What was thought before each answer that is disputed, for JSON.
  let disputedReasoning: [String?]

  /// Computes everything.
  public init(_ results: RunResults) {
    let table = RunLabels(results)
    let asked = results.judges.indices.filter { results.judges[$0].isCounted }
    study = results.study
    allowedLeak = results.allowedLeak
    models = results.models
    systems = results.systems
    judges = results.judges
    annotators = results.annotators
    promptCounts = ByKind { kind in results.prompts.count { $0.kind == kind } }
    responseCount = results.responses.count
    gaps = results.gaps
    self.asked = asked

    let answers = Self.answers(results)
    judgeRates = results.judges.indices.map { judge in
      answers.map { answers in
        ByKind { kind in
          let counted = results.judges[judge].isCounted
          return RefusalRate(verdicts: answers[kind].map { counted ? results.verdicts[judge][$0] : nil })
        }
      }
    }
    annotatorRates = results.annotations.map { row in
      answers.map { answers in ByKind { kind in RefusalRate(annotations: answers[kind].map { row[$0] }) } }
    }
    pairs = asked.indices.flatMap { at in
      asked[(at + 1)...].map { second in
        JudgePair(first: asked[at], second: second, agreement: ByScope { table.agreement(asked[at], second, $0) })
      }
    }
    panel = ByScope { table.panel(asked, $0) }
    fidelity = results.annotators.indices.flatMap { annotator in
      asked.map { judge in
        let scores = ByScope { table.fidelity(judge: judge, annotator: annotator, scope: $0, in: results) }
        return Fidelity(judge: judge, annotator: annotator, scores: scores)
      }
    }
    let pairing = EditPairing(results)
    edits = pairing.pairs
    judgeEffects = table.judges.map(pairing.effects)
    annotatorEffects = table.annotators.map(pairing.effects)
    disputed = table.disputes(asked, in: results)
    disputedNames = disputed.map { dispute in
      let response = results.responses[dispute.response]
      return (results.systems[response.system].name, results.prompts[response.prompt].name, response.sample)
    }
    disputedReasoning = disputed.map { results.responses[$0.response].reasoning }
    rules = RuleUse.all(asked, in: results)
    abstentions = results.judges.indices.map { judge in
      guard results.judges[judge].isCounted else { return [] }
      return RefusalRate(verdicts: results.verdicts[judge]).abstained
    }
    accounts = results.verdicts.map(JudgeAccount.init)
    otherConstructs = ConstructCounts.all(in: results, answers)
    findings = Finding.all(of: self)
  }

  /// What to call an edited system beside others: its model where that has one edit alone, else its own name. An edit that
  /// nothing verified says so.
  public func editLabel(_ edit: Int) -> String {
    let system = systems[edits[edit].edited]
    let alike = edits.count { systems[$0.edited].model == system.model }
    let name = alike == 1 ? models[system.model].name : system.name
    return system.isDeclared ? "\(name) (declared)" : name
  }

  /// Whether every prompt has one answer of each system: then pairs of answers are the draws, else prompts.
  private var hasOneAnswer: Bool {
    (judgeEffects + annotatorEffects).allSatisfy { effects in
      effects.allSatisfy { effect in
        PromptKind.allCases.allSatisfy { effect[$0].original.of == effect[$0].prompts }
      }
    }
  }

  /// The p that says whether an edit changed refusal.
  public var editTest: String { hasOneAnswer ? "exact McNemar p" : "p of sign flips over prompts" }

  /// What that test draws.
  var editUnit: String { hasOneAnswer ? "pair" : "prompt" }

  /// `[system]`: indices of its answers by kind of prompt.
  private static func answers(_ results: RunResults) -> [ByKind<[Int]>] {
    var harmful = results.systems.map { _ in [Int]() }
    var harmless = harmful
    for (index, response) in results.responses.enumerated() {
      switch results.prompts[response.prompt].kind {
      case .harmful: harmful[response.system].append(index)
      case .harmless: harmless[response.system].append(index)
      }
    }
    return results.systems.indices.map { system in
      ByKind { $0 == .harmful ? harmful[system] : harmless[system] }
    }
  }
}
