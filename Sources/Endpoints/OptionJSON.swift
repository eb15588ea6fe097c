package import JSON
package import JudgeKit

extension OptionValue {
  /// As JSON.
  package var asJSON: JSONValue {
    switch self {
    case .string(let text): .string(text)
    case .integer(let number): .integer(Int64(number))
    case .number(let number): .number(number)
    case .bool(let truth): .bool(truth)
    case .strings(let texts): .array(texts.map { .string($0) })
    case .words(let entries): .object(JSONObject(entries.map { ($0.key, .string($0.value)) }))
    case .object(let options): options.asJSON
    case .objects(let list): .array(list.map(\.asJSON))
    case .list(let values): .array(values.map(\.asJSON))
    case .null: .null
    }
  }

  /// Free JSON as a value; its parts keep their order.
  package init(_ json: JSONValue) {
    self =
      switch json {
      case .null: .null
      case .bool(let truth): .bool(truth)
      case .integer(let number): .integer(Int(number))
      case .number(let number): .number(number)
      case .string(let text): .string(text)
      case .array(let values): .list(values.map { OptionValue($0) })
      case .object(let object): .object(JudgeOptions(object.members.map { ($0.key, OptionValue($0.value)) }))
      }
  }
}

extension JudgeOptions {
  /// As a JSON object.
  package var asJSON: JSONValue { .object(JSONObject(values.map { ($0.key, $0.value.asJSON) })) }
}
