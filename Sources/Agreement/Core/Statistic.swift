/// A computed value, or why there is none; never NaN and never a stand-in.
public enum Statistic<Value: Sendable>: Sendable {
  /// The value.
  case value(Value)
  /// It does not exist for these data.
  case undefined(UndefinedReason)

  /// The value, if there is one.
  public var value: Value? { if case .value(let value) = self { value } else { nil } }
  /// Why there is none.
  public var reason: UndefinedReason? { if case .undefined(let reason) = self { reason } else { nil } }

  /// Changes the value.
  public func map<Other>(_ change: (Value) -> Other) -> Statistic<Other> {
    switch self {
    case .value(let value): .value(change(value))
    case .undefined(let reason): .undefined(reason)
    }
  }
}

extension Statistic: Equatable where Value: Equatable {}
