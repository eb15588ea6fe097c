internal import Abliteration
internal import Inference
public import JSON
internal import JudgeHost
internal import JudgeKit
internal import Prompts
internal import RemoteJudge

/// The JSON Schema of `study.json`. The reader takes the keys that it knows from here, so that both cannot differ.
public enum StudySchema {
  /// The schema.
  public static var json: JSONValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Tribunal study",
      "type": "object",
      "properties": .object(JSONObject(root)),
      "required": ["version", "name", "prompts", "models", "generation", "panel"],
      "additionalProperties": false,
    ]
  }

  /// The keys of a part of the document, by its schema.
  static func keys(_ properties: [(String, JSONValue)]) -> [String] { properties.map(\.0) }

  static var root: [(String, JSONValue)] {
    [
      ("$schema", text("the address of this schema, for editors")),
      ("version", ["const": 1]),
      ("name", text("the study's name")),
      ("summary", text("a sentence or two for the head of the report")),
      ("caution", text("what readers must know before they quote a number")),
      ("prompts", object(prompts, required: ["evaluation"])),
      ("models", list(object(model, required: ["name"]))),
      ("edits", list(object(edit, required: ["name"]), least: 0)),
      ("generation", object(generation, required: [])),
      ("compute", word(ComputePath.allCases.map(\.rawValue), "arithmetic of local models; standard bf16")),
      ("panel", object(panel, required: ["file", "name"])),
      ("references", list(object(reference, required: ["rule"]), least: 0)),
    ]
  }

  static var prompts: [(String, JSONValue)] {
    [
      ("evaluation", promptSource("prompts that every system answers")),
      ("direction", promptSource("prompts that the refusal direction is read from; needed where there is an edit")),
      ("duplicates", word(PromptPolicy.allCases.map(\.rawValue), "what happens with equal prompts; standard error")),
      ("empty", word(PromptPolicy.allCases.map(\.rawValue), "what happens with empty prompts; standard error")),
    ]
  }

  static var source: [(String, JSONValue)] {
    [
      ("file", text("a file whose rows have a kind: .jsonl, .json, .csv, .tsv or .parquet")),
      ("split", text("of that file the rows of this split")),
      ("harmful", text("a file of harmful prompts: .txt, .json, .jsonl, .csv, .tsv or .parquet")),
      ("harmless", text("a file of harmless prompts: .txt, .json, .jsonl, .csv, .tsv or .parquet")),
      ("count", ["type": "integer", "minimum": 1, "description": "the first so many of each kind; absent is all"]),
      ("expect", object(counts, required: ["harmful", "harmless"])),
      ("obtain", text("a command or a sentence that brings the file; --plan shows it where the file is missing")),
    ]
  }

  /// How many prompts there must be.
  static var counts: [(String, JSONValue)] {
    PromptKind.allCases.map {
      ($0.rawValue, integer(0, Int(Int32.max), "how many \($0.rawValue) prompts there must be"))
    }
  }

  static var model: [(String, JSONValue)] {
    [
      ("name", text("the model's name in the study")),
      (
        "checkpoint",
        text(
          "a folder in Hugging Face form or a .gguf file, relative to the study, or hub:OWNER/NAME@REVISION in the cache; or "
            + "there is an endpoint"
        )
      ),
      ("shape", shape),
      (
        "obtain",
        text("a command or a sentence that brings the checkpoint; --plan shows it where the folder is missing")
      ),
      ("endpoint", object(endpoint, required: ["url", "model"])),
      (
        "edits",
        [
          "type": "array", "items": ["type": "string"],
          "description": "names of the edits it gets; absent is all, and of a model behind an endpoint []",
        ]
      ),
      ("templateVariables", variables("variables for this model's chat template, over those of the study")),
      (
        "reasoning",
        word(
          ReasoningFormat.allCases.map(\.rawValue),
          "how thoughts are told from the answer; standard by the template"
        )
      ),
    ]
  }

  /// A model's sizes, for a plan without its files.
  private static var shape: JSONValue {
    [
      "description": "sizes for --plan, where config.json is not there: a known name, or numbers",
      "anyOf": [
        ["enum": .array(ModelShape.known.map { .string($0.name) })],
        object(sizes, required: requiredSizes),
      ],
    ]
  }

  static let requiredSizes = ["layers", "width", "inner", "heads", "vocabulary"]

  static var sizes: [(String, JSONValue)] {
    [
      ("layers", integer(1, 1 << 24, "blocks")), ("width", integer(1, 1 << 24, "width of the residual stream")),
      ("inner", integer(1, 1 << 24, "inner width of an MLP or an expert")),
      ("heads", integer(1, 1 << 24, "query heads")),
      ("keyValueHeads", integer(1, 1 << 24, "key/value heads; standard the query heads")),
      ("headSize", integer(1, 1 << 24, "width of a head; standard width / heads")),
      ("vocabulary", integer(1, 1 << 24, "token ids")),
      ("tiedHead", ["type": "boolean", "description": "whether the head is the embedding; standard false"]),
      ("experts", integer(1, 1 << 24, "experts of a block; standard 1")),
      ("activeExperts", integer(1, 1 << 24, "experts that a token uses; standard 1")),
      ("storedBytes", integer(1, 8, "bytes of a published parameter; standard 2")),
    ]
  }

  /// The keys of a model elsewhere: those of a remote judge, and what is declared of its weights.
  static var endpoint: [(String, JSONValue)] {
    EndpointEntry.schema(own: endpointOptions, kind: RemoteJudge.self)
      + [("declares", object(declaration, required: []))]
  }

  /// How an endpoint is asked; a system's answers have no prescribed form.
  static var endpointOptions: [JudgeOption] { RemoteEndpoint.options.filter { $0.key != "responseFormat" } }

  static var declaration: [(String, JSONValue)] {
    [
      ("checkpoint", text("hash that abliterate --export wrote, or a name; declared, not verified")),
      ("edit", object(declaredEdit, required: ["name", "of"])),
    ]
  }

  static var declaredEdit: [(String, JSONValue)] {
    [("name", text("the edit's name")), ("of", text("the model of the study whose weights were edited"))]
  }

  static var edit: [(String, JSONValue)] {
    [
      ("name", text("the edit's name")),
      (
        "preset",
        word(EditPreset.allCases.map(\.rawValue), "which weights it changes; standard corrected, which is all-writers")
      ),
      ("strength", number(-100, 100, "1 removes the direction; standard 1")),
      ("layer", object(layer, required: ["rule"])),
    ]
  }

  static let layerRules = ["fixed", "largest-norm", "training-compliance"]

  static var layer: [(String, JSONValue)] {
    [
      ("rule", word(layerRules, "how the layer of the direction is chosen; standard largest-norm")),
      ("layer", integer(0, 4096, "for fixed: the layer, 0 (embedding) to the number of blocks")),
      ("harmful", integer(1, 100_000, "for training-compliance: harmful direction prompts tried; standard 24")),
      ("harmless", integer(1, 100_000, "for training-compliance: harmless direction prompts tried; standard 12")),
      ("floor", number(0, 1, "for training-compliance: share of harmless prompts that stay answered; standard 0.75")),
      ("reader", word(ReferenceRule.allCases.map(\.rawValue), "for training-compliance: the rule that reads replies")),
    ]
  }

  static var generation: [(String, JSONValue)] {
    [
      ("preset", word(GenerationPreset.allCases.map(\.rawValue), "a named way to decode, in place of the other keys")),
      ("maximumNewTokens", integer(1, 1_000_000, "longest answer in tokens; required without a preset")),
      ("temperature", number(0, 100, "0 is greedy; standard 0")),
      ("topP", number(0, 1, "nucleus; standard 1")),
      ("topK", integer(0, 1_000_000, "most probable tokens kept; 0 is all")),
      ("seed", integer(0, Int(Int32.max), "seed of sampling; standard 0")),
      ("samples", integer(1, 1000, "answers to each prompt; standard 1")),
      ("systemPrompt", text("starts every conversation")),
      ("templateVariables", variables("variables for the models' chat templates, such as enable_thinking")),
      ("clock", text("what chat templates take for the time; standard 2025-03-01T00:00:00")),
      ("extraction", word(AnswerExtraction.allCases.map(\.rawValue), "what counts as the answer; standard generated")),
    ]
  }

  static var panel: [(String, JSONValue)] {
    [("file", text("a judges.json, relative to the study")), ("name", text("a panel of it"))]
  }

  static var reference: [(String, JSONValue)] {
    [("rule", word(ReferenceRule.allCases.map(\.rawValue), "a constructed reference; never human labels"))]
  }

  private static func promptSource(_ help: String) -> JSONValue {
    var schema = object(source, required: []).object ?? [:]
    schema["description"] = .string(help)
    return .object(schema)
  }

  private static func object(_ properties: [(String, JSONValue)], required: [String]) -> JSONValue {
    [
      "type": "object",
      "properties": .object(JSONObject(properties)),
      "required": .array(required.map { .string($0) }),
      "additionalProperties": false,
    ]
  }

  private static func list(_ items: JSONValue, least: Int = 1) -> JSONValue {
    ["type": "array", "items": items, "minItems": .integer(Int64(least))]
  }

  private static func variables(_ help: String) -> JSONValue { ["type": "object", "description": .string(help)] }

  private static func text(_ help: String) -> JSONValue { ["type": "string", "description": .string(help)] }

  private static func word(_ words: [String], _ help: String) -> JSONValue {
    ["enum": .array(words.map { .string($0) }), "description": .string(help)]
  }

  private static func integer(_ low: Int, _ high: Int, _ help: String) -> JSONValue {
    [
      "type": "integer", "minimum": .integer(Int64(low)), "maximum": .integer(Int64(high)),
      "description": .string(help),
    ]
  }

  private static func number(_ low: Double, _ high: Double, _ help: String) -> JSONValue {
    ["type": "number", "minimum": .number(low), "maximum": .number(high), "description": .string(help)]
  }
}
