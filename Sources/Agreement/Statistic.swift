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

/// Why a statistic does not exist.
public enum UndefinedReason: String, Sendable, CaseIterable {
  /// No item carries both (two) labels.
  case noOverlap
  /// Chance disagreement is 0: the ratio is 0/0.
  case zeroExpectedDisagreement
  /// Too few raters with a label.
  case tooFewRaters
  /// The reference has no positive item.
  case noPositives
  /// The reference has no negative item.
  case noNegatives
  /// Nothing was labelled positive.
  case noPredictedPositives
  /// Nothing was labelled negative.
  case noPredictedNegatives
  /// The class is in neither reference nor prediction.
  case classAbsent
  /// The reference holds one class alone.
  case singleReferenceClass
  /// No pair differs.
  case noDiscordantPairs
  /// Nothing was counted.
  case noTrials

  /// In words.
  public var explanation: String {
    switch self {
    case .noOverlap: "no item carries both labels"
    case .zeroExpectedDisagreement: "chance disagreement is zero"
    case .tooFewRaters: "fewer than two raters gave labels"
    case .noPositives: "the reference has no positive item"
    case .noNegatives: "the reference has no negative item"
    case .noPredictedPositives: "nothing was labelled positive"
    case .noPredictedNegatives: "nothing was labelled negative"
    case .classAbsent: "the class occurs in neither"
    case .singleReferenceClass: "the reference holds one class alone"
    case .noDiscordantPairs: "no pair differs"
    case .noTrials: "nothing was counted"
    }
  }
}
