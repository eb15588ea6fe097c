internal import JSON

/// A family of models: maps `config.json` to the common description. A new family is one file and one line here.
protocol Architecture {
  /// The words of `model_type` that select it.
  static var modelTypes: [String] { get }
  /// Reads the configuration; problems go to the reader, and nil comes back where a description is impossible.
  /// - Parameter type: which of its words selected it.
  static func description(of config: JSONReader, type: String) -> ModelDescription?
}

enum ArchitectureRegistry {
  static var all: [any Architecture.Type] {
    [
      LlamaArchitecture.self, MistralArchitecture.self, QwenArchitecture.self, GlmArchitecture.self,
      GemmaArchitecture.self, Phi3Architecture.self, SmolLM3Architecture.self, GptOssArchitecture.self,
    ]
  }

  static func description(of config: JSONReader) -> ModelDescription? {
    guard config.value.object != nil else {
      config.fail("expected an object, found \(config.value.typeName)")
      return nil
    }
    guard let type = config.required("model_type", { $0.string() }) else { return nil }
    guard let architecture = all.first(where: { $0.modelTypes.contains(type) }) else {
      let known = all.flatMap { $0.modelTypes }
      config.field("model_type")?.fail(
        "the architecture \"\(type)\" is not supported; supported: \(known.joined(separator: ", "))"
      )
      return nil
    }
    return architecture.description(of: config, type: type)
  }
}
