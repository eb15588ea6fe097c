public import JudgeHost
public import JudgeKit
public import LabelTables
public import Prompts

/// Everything a run file holds, read once and indexed densely: what analyses, reports and exports start from.
///
/// Systems, prompts, judges and annotators are in the order of the study; `responses` are ordered by system, prompt and
/// sample. An index into one of these lists is what the other rows refer to.
public struct RunResults: Sendable {
  /// The study.
  public var study: StudyInfo
  /// The prompts that were answered.
  public var prompts: [PromptInfo]
  /// The checkpoints.
  public var models: [ModelInfo]
  /// Models with their edits.
  public var systems: [SystemInfo]
  /// The answers.
  public var responses: [ResponseInfo]
  /// The panel, judges that could not be asked included.
  public var judges: [JudgeInfo]
  /// Who gave reference labels.
  public var annotators: [AnnotatorInfo]
  /// `verdicts[judge][response]`; nil where the judge was never asked.
  public var verdicts: [[VerdictInfo?]]
  /// `annotations[annotator][response]`; nil where the annotator did not look.
  public var annotations: [[AnnotationInfo?]]
  /// Facts about machine, build and inputs, in the order to show them.
  public var provenance: [Fact]
  /// Answers that systems elsewhere still owe, or will not give.
  public var gaps: [GapInfo]

  /// Makes results.
  public init(
    study: StudyInfo,
    prompts: [PromptInfo],
    models: [ModelInfo],
    systems: [SystemInfo],
    responses: [ResponseInfo],
    judges: [JudgeInfo],
    annotators: [AnnotatorInfo],
    verdicts: [[VerdictInfo?]],
    annotations: [[AnnotationInfo?]],
    provenance: [Fact],
    gaps: [GapInfo] = []
  ) {
    self.study = study
    self.prompts = prompts
    self.models = models
    self.systems = systems
    self.responses = responses
    self.judges = judges
    self.annotators = annotators
    self.verdicts = verdicts
    self.annotations = annotations
    self.provenance = provenance
    self.gaps = gaps
  }
}

/// A named fact.
public struct Fact: Sendable, Equatable {
  /// The group it is shown under: `study`, `machine`, `build`, `judge keywords-paper` …
  public var group: String
  /// Its name.
  public var name: String
  /// Its value as text.
  public var value: String

  /// Makes a fact.
  public init(group: String, name: String, value: String) {
    self.group = group
    self.name = name
    self.value = value
  }
}

/// The study as declared.
public struct StudyInfo: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// A sentence or two for the head of a report.
  public var summary: String
  /// What readers must know before they quote a number (`toy world`), if anything.
  public var caution: String?
  /// Hash of the resolved plan.
  public var hash: String
  /// The plan as canonical JSON.
  public var json: String

  /// Makes study facts.
  public init(name: String, summary: String, caution: String?, hash: String, json: String) {
    self.name = name
    self.summary = summary
    self.caution = caution
    self.hash = hash
    self.json = json
  }
}

/// A prompt.
public struct PromptInfo: Sendable, Equatable {
  /// SHA-256 of text and kind.
  public var id: String
  /// The name people use (`harmful-eval-007`).
  public var name: String
  /// The text.
  public var text: String
  /// Harmful or harmless.
  public var kind: PromptKind
  /// What it is about.
  public var category: String?

  /// Makes a prompt.
  public init(id: String, name: String, text: String, kind: PromptKind, category: String?) {
    self.id = id
    self.name = name
    self.text = text
    self.kind = kind
    self.category = category
  }
}

/// A checkpoint.
public struct ModelInfo: Sendable, Equatable {
  /// SHA-256 of config, weight headers and sizes.
  public var id: String
  /// The name in the study.
  public var name: String
  /// Where it was read, as the study says it.
  public var source: String
  /// Named properties: architecture, parameters, layers, width.
  public var facts: [Fact]

  /// Makes a model.
  public init(id: String, name: String, source: String, facts: [Fact]) {
    self.id = id
    self.name = name
    self.source = source
    self.facts = facts
  }
}

/// A model with an edit.
public struct SystemInfo: Sendable, Equatable {
  /// Hash of model, edit, generation settings and system prompt.
  public var id: String
  /// `instruct` or `instruct · abliterated`.
  public var name: String
  /// Index into `models`.
  public var model: Int
  /// The edit's name; `none` for the original.
  public var edit: String
  /// Index of the unedited system of the same model, for an edited one.
  public var original: Int?
  /// Named properties of the edit: preset, layer, sites, direction norm.
  public var facts: [Fact]

  /// Makes a system.
  public init(id: String, name: String, model: Int, edit: String, original: Int?, facts: [Fact]) {
    self.id = id
    self.name = name
    self.model = model
    self.edit = edit
    self.original = original
    self.facts = facts
  }
}

/// An answer.
public struct ResponseInfo: Sendable, Equatable {
  /// Flags beside the verdicts.
  public enum Flag: String, Sendable, CaseIterable {
    /// The token limit cut the answer.
    case truncated
    /// It repeats itself by the declared rule.
    case degenerate
    /// It has no visible text.
    case empty
    /// It repeats the prompt.
    case promptEcho
  }

  /// Index into `systems`.
  public var system: Int
  /// Index into `prompts`.
  public var prompt: Int
  /// Sample number, from 0.
  public var sample: Int
  /// The answer: the text that judges see as a rule.
  public var text: String
  /// What the model thought before it answered; nil where it did not, or where nobody knows.
  public var reasoning: String?
  /// All that was generated, special tokens written out; nil where that is ``text``.
  public var raw: String?
  /// How many tokens were generated; 0 of an imported answer, whose tokens nobody knows.
  public var tokenCount: Int
  /// `stop` or `length`; of an imported answer its own word, or `unknown`.
  public var finish: String
  /// What is noteworthy about it.
  public var flags: [Flag]

  /// Makes an answer.
  public init(
    system: Int,
    prompt: Int,
    sample: Int,
    text: String,
    tokenCount: Int,
    finish: String,
    flags: [Flag],
    reasoning: String? = nil,
    raw: String? = nil
  ) {
    self.system = system
    self.prompt = prompt
    self.sample = sample
    self.text = text
    self.reasoning = reasoning
    self.raw = raw
    self.tokenCount = tokenCount
    self.finish = finish
    self.flags = flags
  }
}

/// A judge of the panel.
public struct JudgeInfo: Sendable, Equatable {
  /// Whether it could be asked.
  public enum Status: Sendable, Equatable {
    /// It was asked.
    case ready
    /// Something it needs is not set; says what.
    case notConfigured(String)
    /// It could not start or stopped for good; says why.
    case failed(String)
  }

  /// Hash of its whole resolved configuration.
  public var id: String
  /// Its id in `judges.json`.
  public var name: String
  /// Its kind.
  public var kind: String
  /// Whether it could be asked.
  public var status: Status
  /// Its resolved configuration as canonical JSON, secrets by name only.
  public var configuration: String
  /// Whether its items carry the system that answered.
  public var seesRespondent: Bool
  /// What its labels measure.
  public var construct: Construct

  /// Whether its labels enter numbers of refusal: it was asked, and refusal is what it measures.
  public var isCounted: Bool { status == .ready && construct == .refusal }

  /// Makes a judge.
  public init(
    id: String,
    name: String,
    kind: String,
    status: Status,
    configuration: String,
    seesRespondent: Bool,
    construct: Construct = .refusal
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.status = status
    self.configuration = configuration
    self.seesRespondent = seesRespondent
    self.construct = construct
  }
}

/// A source of reference labels.
public struct AnnotatorInfo: Sendable, Equatable {
  /// Its id (`constructed-reference`, `human-1`).
  public var name: String
  /// What to call its labels: `constructed reference` or `human`.
  public var kind: String

  /// Makes an annotator.
  public init(name: String, kind: String) {
    self.name = name
    self.kind = kind
  }
}

/// A verdict as stored.
public struct VerdictInfo: Sendable, Equatable {
  /// What the judge said.
  public var verdict: Verdict
  /// How often it was asked.
  public var attempts: Int
  /// When and by which version it was made, where it came from the cache of an earlier run.
  public var origin: VerdictOrigin?

  /// Makes a stored verdict.
  public init(verdict: Verdict, attempts: Int, origin: VerdictOrigin? = nil) {
    self.verdict = verdict
    self.attempts = attempts
    self.origin = origin
  }
}

/// A reference label as stored.
public struct AnnotationInfo: Sendable, Equatable {
  /// The label; nil is `undecided`.
  public var label: Label?
  /// Why, where the annotator says so.
  public var note: String?

  /// Makes a stored label.
  public init(label: Label?, note: String?) {
    self.label = label
    self.note = note
  }
}
