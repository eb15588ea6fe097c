internal import Inference
internal import JSON

/// Reads what a study, and each of its models, says of conversations.
struct ConversationReader {
  private let study: ConversationSettings

  /// Reads the study's part, once.
  /// - Parameter generation: `generation` of the study, if it has one.
  init(study generation: JSONReader?) {
    var settings = ConversationSettings()
    if let generation, generation.value.object != nil {
      settings.templateVariables = generation.optional("templateVariables", Self.variables) ?? [:]
      settings.clock = generation.optional("clock", Self.clock)
      let isPaper = generation.value["preset"]?.string == GenerationPreset.paper.rawValue
      settings.extraction =
        isPaper ? .paperEcho : generation.optional("extraction") { $0.word(AnswerExtraction.self) } ?? .generated
    }
    study = settings
  }

  /// What holds for a model: its own variables over those of the study, and the format of its thoughts.
  /// - Parameter folder: where the format is detected, unless it is declared.
  func settings(model: JSONReader, folder: String?) -> ConversationSettings {
    var settings = study
    for (name, value) in (model.optional("templateVariables", Self.variables) ?? [:]).members {
      settings.templateVariables[name] = value
    }
    let declared = model.optional("reasoning") { $0.word(ReasoningFormat.self) }
    settings.reasoning = declared ?? folder.map { ReasoningFormat.detected(folder: $0) }
    return settings
  }

  private static func variables(_ reader: JSONReader) -> JSONObject? {
    guard let object = reader.value.object else {
      reader.fail("expected an object of variables for the chat template, found \(reader.value.typeName)")
      return nil
    }
    for name in ConversationSettings.reservedVariables where object[name] != nil {
      reader.field(name)?.fail("\"\(name)\" is the conversation's own; expected a variable such as enable_thinking")
    }
    return object
  }

  private static func clock(_ reader: JSONReader) -> String? {
    guard let text = reader.string() else { return nil }
    guard ConversationSettings.isClock(text) else {
      reader.fail("\"\(text)\" is no time; expected a form like 2025-03-01T00:00:00")
      return nil
    }
    return text
  }
}
