internal import Abliteration
internal import Inference
public import JSON

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
      ("models", list(object(model, required: ["name", "checkpoint"]))),
      ("edits", list(object(edit, required: ["name"]), least: 0)),
      ("generation", object(generation, required: ["maximumNewTokens"])),
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
      ("file", text("a .jsonl file whose rows have a kind")),
      ("split", text("of that file the rows of this split")),
      ("harmful", text("a .txt or .jsonl file of harmful prompts")),
      ("harmless", text("a .txt or .jsonl file of harmless prompts")),
      ("count", ["type": "integer", "minimum": 1, "description": "the first so many of each kind; absent is all"]),
    ]
  }

  static var model: [(String, JSONValue)] {
    [
      ("name", text("the model's name in the study")),
      (
        "checkpoint",
        text("a folder in Hugging Face form, relative to the study, or hub:OWNER/NAME@REVISION in the cache")
      ),
    ]
  }

  static var edit: [(String, JSONValue)] {
    [
      ("name", text("the edit's name")),
      ("preset", word(EditPreset.allCases.map(\.rawValue), "which weights it changes; standard all-writers")),
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
      ("maximumNewTokens", integer(1, 1_000_000, "longest answer in tokens")),
      ("temperature", number(0, 100, "0 is greedy; standard 0")),
      ("topP", number(0, 1, "nucleus; standard 1")),
      ("topK", integer(0, 1_000_000, "most probable tokens kept; 0 is all")),
      ("seed", integer(0, Int(Int32.max), "seed of sampling; standard 0")),
      ("samples", integer(1, 1000, "answers to each prompt; standard 1")),
      ("systemPrompt", text("starts every conversation")),
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
