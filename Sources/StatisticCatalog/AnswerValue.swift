public import Agreement
public import JSON

/// What a statistic answers: a number, several, or why there is none.
public indirect enum AnswerValue: Sendable, Equatable {
  /// A finite number; an infinite one is written as "inf" or "-inf".
  case number(Double)
  /// A label or another word.
  case word(String)
  /// In order.
  case list([AnswerValue])
  /// By name, in order of writing.
  case object([(String, AnswerValue)])
  /// It does not exist for these data.
  case undefined(UndefinedReason)

  /// A statistic that is a number.
  public init(_ statistic: Statistic<Double>) { self.init(statistic) { .number($0) } }
  /// A statistic that is an interval: `[low, high]`.
  public init(_ statistic: Statistic<Interval>) { self.init(statistic) { .list([.number($0.low), .number($0.high)]) } }
  /// A statistic of any kind.
  public init<Value>(_ statistic: Statistic<Value>, _ write: (Value) -> AnswerValue) {
    switch statistic {
    case .value(let value): self = write(value)
    case .undefined(let reason): self = .undefined(reason)
    }
  }

  /// As JSON: undefined is `{"undefined": reason}`; JSON has no infinity, so that is the word `inf` or `-inf`.
  public var json: JSONValue {
    switch self {
    case .number(let value) where value.isInfinite: .string(value < 0 ? "-inf" : "inf")
    case .number(let value): .number(value)
    case .word(let word): .string(word)
    case .list(let list): .array(list.map(\.json))
    case .object(let members): .object(JSONObject(members.map { ($0.0, $0.1.json) }))
    case .undefined(let reason): .object(["undefined": .string(reason.rawValue)])
    }
  }

  /// Equal in every part; names of an object in the same order.
  public static func == (left: AnswerValue, right: AnswerValue) -> Bool { left.json == right.json }
}
