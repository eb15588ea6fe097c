public import Agreement
public import JSON

/// One figure of the study, under its id.
public struct Target: Sendable, Equatable {
  /// Its id, such as `A.kappa.pooled`.
  public let id: String
  /// What came out.
  public let value: TargetValue
}

/// The value of a figure.
public enum TargetValue: Sendable, Equatable, CustomStringConvertible {
  /// A count.
  case integer(Int)
  /// A number; infinite where a ratio has nothing below the line.
  case number(Double)
  /// It does not exist for these data.
  case undefined(UndefinedReason)

  /// The number, counts included; nil where there is none.
  public var number: Double? {
    switch self {
    case .integer(let count): Double(count)
    case .number(let number): number
    case .undefined: nil
    }
  }

  /// The number, or why there is none.
  public var description: String {
    switch self {
    case .integer(let count): "\(count)"
    case .number(let number): "\(number)"
    case .undefined(let reason): "undefined: \(reason.explanation)"
    }
  }

  /// As JSON: undefined is `{"undefined": reason}`, infinity the word `inf`.
  public var json: JSONValue {
    switch self {
    case .integer(let count): .integer(Int64(count))
    case .number(let number) where number.isInfinite: .string(number < 0 ? "-inf" : "inf")
    case .number(let number): .number(number)
    case .undefined(let reason): .object(["undefined": .string(reason.rawValue)])
    }
  }
}

/// Figures as they come, each id once.
struct TargetSink {
  private(set) var targets: [Target] = []

  mutating func add(_ id: String, _ count: Int) { targets.append(Target(id: id, value: .integer(count))) }

  mutating func add(_ id: String, _ number: Double) { targets.append(Target(id: id, value: .number(number))) }

  mutating func add(_ id: String, _ statistic: Statistic<Double>) {
    switch statistic {
    case .value(let number): add(id, number)
    case .undefined(let reason): targets.append(Target(id: id, value: .undefined(reason)))
    }
  }

  /// The ends of an interval, under ids made of `lo` and `hi`.
  mutating func add(ends id: (String) -> String, _ interval: Statistic<Interval>) {
    add(id("lo"), interval.map(\.low))
    add(id("hi"), interval.map(\.high))
  }

  /// Bounds over labellings: `.lo` and `.hi`, or one figure where both are equal or none exists.
  ///
  /// Labellings that agree on a figure can differ in its last bits, for it is computed from other counts.
  mutating func add(bounds id: String, _ range: Statistic<Interval>, asCount: Bool = false) {
    switch range {
    case .undefined(let reason): targets.append(Target(id: id, value: .undefined(reason)))
    case .value(let interval):
      let ends =
        interval.high - interval.low <= 1e-12
        ? [(id, interval.low)] : [(id + ".lo", interval.low), (id + ".hi", interval.high)]
      for (id, end) in ends {
        if asCount { add(id, Int(end)) } else { add(id, end) }
      }
    }
  }
}
