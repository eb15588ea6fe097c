internal import Agreement
internal import Wording

/// Cells of one table: a mark stands wherever a number or its interval is missing, and below the table what each mark means.
struct NotedCells {
  private struct Note: Equatable {
    let reason: UndefinedReason
    /// Whether the number itself is missing, and not its interval alone.
    let isValue: Bool

    var text: String {
      if isValue { return "undefined: " + reason.explanation }
      return "no interval: " + (reason == .noErrorVariance ? "it is the same in every resample" : reason.explanation)
    }
  }

  private var notes: [Note] = []

  /// `a`, `b`, … `z`, `aa`, in order of first use.
  private mutating func mark(_ reason: UndefinedReason, isValue: Bool) -> String {
    let note = Note(reason: reason, isValue: isValue)
    let place: Int
    if let known = notes.firstIndex(of: note) {
      place = known
    } else {
      notes.append(note)
      place = notes.count - 1
    }
    return Self.letters(place)
  }

  private static func letters(_ place: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(97 + place % 26)))
    return place < 26 ? letter : letters(place / 26 - 1) + letter
  }

  /// A figure as text.
  /// - Parameter number: writes the value, or an end of its interval.
  private mutating func cell(
    _ value: Statistic<Double>?,
    _ interval: Statistic<Interval>?,
    unit: String,
    _ number: (Double) -> String
  ) -> String {
    switch value {
    case nil: return "–"
    case .undefined(let reason): return missing(reason)
    case .value(let value):
      switch interval {
      case nil: return number(value) + unit
      case .undefined(let reason): return number(value) + unit + " [\(mark(reason, isValue: false))]"
      case .value(let ends):
        // A dash before a minus sign reads as neither.
        let between = ends.low < 0 || ends.high < 0 ? " to " : "–"
        return number(value) + unit + " (\(number(ends.low))\(between)\(number(ends.high)))"
      }
    }
  }

  /// For a cell that has no number.
  mutating func missing(_ reason: UndefinedReason) -> String { "undefined [\(mark(reason, isValue: true))]" }

  /// `0.87 (0.79–0.93)`.
  mutating func coefficient(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    cell(value, interval, unit: "") { DecimalText.fixed($0, 2) }
  }

  /// The same of a figure.
  mutating func coefficient(_ figure: Figure?) -> String { coefficient(figure?.value, figure?.interval) }

  /// `94 % (90–97)`.
  mutating func share(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    cell(value, interval, unit: " %", DecimalText.percent)
  }

  /// The same of a figure.
  mutating func share(_ figure: Figure?) -> String { share(figure?.value, figure?.interval) }

  /// `94 (90–97)` under a title that says %.
  mutating func percent(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    cell(value, interval, unit: "", DecimalText.percent)
  }

  /// A difference of shares in points: `2 (-1 to 5)`.
  mutating func points(_ figure: Figure) -> String {
    cell(figure.value, figure.interval, unit: "") { DecimalText.fixed($0 * 100, 0) }
  }

  /// With so many decimals: `3.5 (3.1–3.9)`.
  mutating func number(_ figure: Figure, _ places: Int) -> String {
    cell(figure.value, figure.interval, unit: "") { DecimalText.fixed($0, places) }
  }

  /// What the marks mean, for below the table.
  func lines(_ width: Int) -> [String] {
    guard !notes.isEmpty else { return [] }
    let text = notes.enumerated().map { "[\(Self.letters($0))] \($1.text)" }.joined(separator: "; ")
    return LineLayout.wrap(text + ".", width, lines: 12)
  }

  /// A figure for LaTeX.
  mutating func tex(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    switch value {
    case nil: return "--"
    case .undefined(let reason): return "--" + Self.raised(mark(reason, isValue: true))
    case .value(let number):
      let text = DecimalText.fixed(number, 2)
      switch interval {
      case nil: return text
      case .undefined(let reason): return text + Self.raised(mark(reason, isValue: false))
      case .value(let ends):
        return "\(text) [\(DecimalText.fixed(ends.low, 2)), \(DecimalText.fixed(ends.high, 2))]"
      }
    }
  }

  /// The same of a figure.
  mutating func tex(_ figure: Figure?) -> String { tex(figure?.value, figure?.interval) }

  /// Bounds for LaTeX: `0.28--0.90`, one number where both ends are equal.
  mutating func texBounds(_ range: Statistic<Interval>?, places: Int = 2) -> String {
    switch range {
    case nil: return "--"
    case .undefined(let reason): return "--" + Self.raised(mark(reason, isValue: true))
    case .value(let ends):
      let (low, high) = (DecimalText.fixed(ends.low, places), DecimalText.fixed(ends.high, places))
      return ends.low == ends.high ? low : "\(low)--\(high)"
    }
  }

  private static func raised(_ mark: String) -> String { "\\textsuperscript{\(mark)}" }

  /// What the marks mean, for the end of a caption; nothing where there is none.
  var texNotes: String {
    notes.enumerated().map { " \\textsuperscript{\(Self.letters($0))}\\,\($1.text)." }.joined()
  }
}
