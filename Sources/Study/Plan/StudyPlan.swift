public import Abliteration
public import Inference
public import JSON
public import JudgeHost

/// A study as declared in `study.json`: models, edits, prompts, generation, panel and references, all checked.
public struct StudyPlan: Sendable {
  /// Its name.
  public var name: String
  /// A sentence or two for the head of a report.
  public var summary: String
  /// What readers must know before they quote a number.
  public var caution: String?
  /// Prompts that every system answers.
  public var evaluation: [Prompt]
  /// Prompts that directions are read from; nil where there is no edit.
  public var direction: DirectionPrompts?
  /// The checkpoints.
  public var models: [PlannedModel]
  /// The edits besides `none`.
  public var edits: [PlannedEdit]
  /// How answers are decoded.
  public var generation: GenerationSettings
  /// A system prompt, if every conversation starts with one.
  public var systemPrompt: String?
  /// Answers a system gives to each prompt.
  public var samples: Int
  /// Which arithmetic answers and judges locally.
  public var compute: ComputePath
  /// The judges, in the order of the panel.
  public var judges: [JudgeDeclaration]
  /// The panel's name.
  public var panel: String
  /// Reference labels by rule.
  public var references: [ReferenceRule]
  /// The file.
  public var file: String
  /// The document as read, for the record.
  public var document: JSONValue
}

/// Prompts of both classes that a direction is read from.
public struct DirectionPrompts: Sendable, Equatable {
  /// Harmful ones.
  public var harmful: [String]
  /// Harmless ones.
  public var harmless: [String]
}

/// A checkpoint of a study.
public struct PlannedModel: Sendable, Equatable {
  /// Its name in the study.
  public var name: String
  /// Its folder as the study says it.
  public var source: String
  /// Its folder relative to the working folder.
  public var folder: String
  /// The commit that a reference to a hub's cache stood for when the study was read; nil for a folder.
  public var commit: String?
}

/// An edit of a study, before its direction is known.
public struct PlannedEdit: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Which weights it changes.
  public var preset: EditPreset
  /// How the layer of the direction is chosen.
  public var rule: LayerRule
  /// Reads the replies of a rule's trials.
  public var reader: ReferenceRule?
  /// 1 removes the direction.
  public var strength: Double

  /// The recipe without the direction.
  public var recipe: JSONValue {
    var layer: JSONObject = ["rule": .string(rule.name)]
    switch rule {
    case .fixed(let number): layer["layer"] = .integer(Int64(number))
    case .largestNorm: break
    case .trainingCompliance(let harmful, let harmless, let floor):
      layer["harmful"] = .integer(Int64(harmful))
      layer["harmless"] = .integer(Int64(harmless))
      layer["floor"] = .number(floor)
      layer["reader"] = reader.map { .string($0.rawValue) } ?? .null
    }
    return ["preset": .string(preset.rawValue), "strength": .number(strength), "layer": .object(layer)]
  }
}

/// A prompt of a study.
public struct Prompt: Sendable, Equatable {
  /// SHA-256 of text and kind (and of its running number, for a text that was kept twice).
  public var id: String
  /// The name people use.
  public var name: String
  /// The text.
  public var text: String
  /// Harmful or harmless.
  public var kind: PromptKind
  /// What it is about.
  public var category: String?
}

/// What happens with prompts that occur twice or are empty.
public enum PromptPolicy: String, Sendable, CaseIterable {
  /// The file is refused.
  case error
  /// The later ones are left out.
  case drop
  /// They stay.
  case keep
}

/// What a command line may say differently from the study.
public struct StudyOverrides: Sendable {
  /// Instead of `prompts.duplicates`.
  public var duplicates: PromptPolicy?
  /// Instead of `prompts.empty`.
  public var empty: PromptPolicy?
  /// Instead of `compute`.
  public var compute: ComputePath?

  /// Changes nothing.
  public init(duplicates: PromptPolicy? = nil, empty: PromptPolicy? = nil, compute: ComputePath? = nil) {
    self.duplicates = duplicates
    self.empty = empty
    self.compute = compute
  }
}
