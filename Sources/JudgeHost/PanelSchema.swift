public import JSON
internal import JudgeKit

extension PanelFile {
  /// The JSON Schema of `judges.json`, made from the same tables that read it.
  public static func schema(_ registry: JudgeRegistry) -> JSONValue {
    let entries = registry.kinds.map { kind -> JSONValue in
      var properties: JSONObject = [
        "id": ["type": "string", "description": "the judge's name in verdicts and panels"],
        "kind": ["const": .string(kind.kind), "description": .string(kind.summary)],
      ]
      for option in kind.options + HostOptions.table(for: kind) { properties[option.key] = schema(option) }
      let required = ["id", "kind"] + kind.options.filter(\.required).map(\.key)
      return [
        "type": "object",
        "properties": .object(properties),
        "required": .array(required.map { .string($0) }),
        "additionalProperties": false,
      ]
    }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Tribunal judges",
      "type": "object",
      "properties": [
        "$schema": ["type": "string"],
        "version": ["const": 1],
        "judges": ["type": "array", "items": ["oneOf": .array(entries)], "minItems": 1],
        "panels": [
          "type": "object",
          "additionalProperties": [
            "type": "array",
            "items": ["type": "string"],
            "minItems": 1,
            "uniqueItems": true,
          ],
        ],
      ],
      "required": ["version", "judges"],
      "additionalProperties": false,
    ]
  }

  static func schema(_ option: JudgeOption) -> JSONValue {
    var schema: JSONObject =
      switch option.kind {
      case .string, .checkpoint, .secretVariable: ["type": "string"]
      case .file(let words):
        ["type": "string", "examples": .array(words.map { .string($0) })]
      case .choice(let words): ["enum": .array(words.map { .string($0) })]
      case .integer(let range): bounded("integer", .integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound)))
      case .number(let range): bounded("number", .number(range.lowerBound), .number(range.upperBound))
      case .bool: ["type": "boolean"]
      case .strings: ["type": "array", "items": ["type": "string"]]
      case .words(let words):
        ["type": "object", "additionalProperties": ["enum": .array(words.map { .string($0) })]]
      case .texts, .secretVariables: ["type": "object", "additionalProperties": ["type": "string"]]
      case .anyObject: ["type": "object"]
      case .object(let table): object(table)
      case .objects(let table): ["type": "array", "items": .object(object(table))]
      }
    schema["description"] = .string(option.help)
    if let standard = option.standard { schema["default"] = standard.json }
    return .object(schema)
  }

  private static func bounded(_ type: String, _ low: JSONValue, _ high: JSONValue) -> JSONObject {
    ["type": .string(type), "minimum": low, "maximum": high]
  }

  private static func object(_ table: [JudgeOption]) -> JSONObject {
    [
      "type": "object",
      "properties": .object(JSONObject(table.map { ($0.key, schema($0)) })),
      "required": .array(table.filter(\.required).map { .string($0.key) }),
      "additionalProperties": false,
    ]
  }
}
