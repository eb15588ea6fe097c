public import JSON
internal import Wording

/// How two classes of prompts differ in what no class is about: script, length, form.
///
/// A direction read from classes that differ so is in part a direction of script, length or form.
public struct BalanceReport: Sendable {
  /// From which difference on a measure counts as unbalanced.
  public struct Thresholds: Sendable, Equatable {
    /// Difference of two shares.
    public var share = 0.1
    /// How far from one half the chance may be that a prompt of one class is longer than one of the other.
    public var length = 0.15

    /// The standard ones.
    public init() {}
  }

  /// A measure of both classes.
  public struct Measure: Sendable, Equatable {
    /// What is measured: `CJK`, `question`, `length`.
    public let name: String
    /// What it is in words, with the unit.
    public let meaning: String
    /// Of both classes; for lengths the medians.
    public let values: (first: Double, second: Double)
    /// The difference: of shares as it is, of lengths the distance of ``longerChance`` from one half.
    public let difference: Double
    /// The most that is balanced.
    public let threshold: Double

    /// Whether the classes differ too much.
    public var isUnbalanced: Bool { difference > threshold }

    /// Equal names and numbers.
    public static func == (left: Measure, right: Measure) -> Bool {
      left.name == right.name && left.values == right.values && left.difference == right.difference
        && left.threshold == right.threshold
    }
  }

  /// Prompts of both classes.
  public let counts: (first: Int, second: Int)
  /// The measures.
  public let measures: [Measure]
  /// The chance that a prompt of the first class is longer than one of the second, ties halved (Mann and Whitney 1947).
  public let longerChance: Double
  /// The scripts of each class with the number of prompts that hold one of its characters, most frequent first.
  public let scripts: (first: [(name: String, prompts: Int)], second: [(name: String, prompts: Int)])

  /// Measures two classes.
  /// - Throws: where a class is empty: nothing can be said then.
  public init(
    _ first: [String],
    _ second: [String],
    thresholds: Thresholds = Thresholds()
  ) throws(SplitError) {
    guard !first.isEmpty, !second.isEmpty else {
      throw SplitError(
        problem: "\(first.isEmpty ? "the first" : "the second") class has no prompt; nothing can be compared"
      )
    }
    counts = (first.count, second.count)
    let lengths = (first.map(Self.length), second.map(Self.length))
    longerChance = Self.chance(lengths.0, lengths.1)
    scripts = (Self.scripts(first), Self.scripts(second))
    func share(_ name: String, _ meaning: String, _ holds: (String) -> Bool) -> Measure {
      let values = (Self.share(first, holds), Self.share(second, holds))
      return Measure(
        name: name,
        meaning: meaning,
        values: values,
        difference: abs(values.0 - values.1),
        threshold: thresholds.share
      )
    }
    let cjk = ScriptSet(Script.cjk)
    let latin = ScriptSet([.latin])
    measures = [
      share("CJK", "share of prompts with a Chinese, Japanese or Korean character") { cjk.first(in: $0) != nil },
      share("other scripts", "share of prompts with a letter that is not Latin") { latin.firstOutside(in: $0) != nil },
      share("question", "share of prompts that end in a question mark", Self.isQuestion),
      share("lines", "share of prompts of more than one line") { NormalText.trimmed($0).contains(where: \.isNewline) },
      Measure(
        name: "length",
        meaning: "median length in characters; the difference is that of the chance to be longer from one half",
        values: (Self.median(lengths.0), Self.median(lengths.1)),
        difference: abs(longerChance - 0.5),
        threshold: thresholds.length
      ),
    ]
  }

  /// Measures the harmful prompts against the harmless ones.
  /// - Throws: where a prompt has no kind, or a kind no prompt.
  public init(kindsOf rows: [PromptRow], thresholds: Thresholds = Thresholds()) throws(SplitError) {
    if let row = rows.first(where: { $0.kind == nil }) {
      throw SplitError(problem: "\(row.place): the prompt has no kind; name files by --harmful and --harmless")
    }
    func texts(_ kind: PromptKind) throws(SplitError) -> [String] {
      let own = rows.filter { $0.kind == kind }.map(\.text)
      guard !own.isEmpty else { throw SplitError(problem: "there is no \(kind.rawValue) prompt to compare") }
      return own
    }
    try self.init(texts(.harmful), texts(.harmless), thresholds: thresholds)
  }

  /// The measures in which the classes differ too much.
  public var unbalanced: [Measure] { measures.filter(\.isUnbalanced) }

  /// A row a measure: name, both values, difference, threshold, and whether it is unbalanced.
  public var table: [[String]] {
    measures.map { measure in
      let isLength = measure.name == "length"
      func shown(_ value: Double) -> String {
        isLength ? DecimalText.fixed(value, value.rounded() == value ? 0 : 1) : DecimalText.percent(value) + " %"
      }
      return [
        measure.name, shown(measure.values.first), shown(measure.values.second),
        DecimalText.fixed(measure.difference, 3),
        DecimalText.fixed(measure.threshold, 3), measure.isUnbalanced ? "unbalanced" : "",
      ]
    }
  }

  /// Everything.
  public var json: JSONValue {
    func scripts(_ list: [(name: String, prompts: Int)]) -> JSONValue {
      .object(JSONObject(list.map { ($0.name, .integer(Int64($0.prompts))) }))
    }
    return [
      "prompts": ["first": .integer(Int64(counts.first)), "second": .integer(Int64(counts.second))],
      "measures": .array(
        measures.map { measure in
          [
            "name": .string(measure.name), "meaning": .string(measure.meaning), "first": .number(measure.values.first),
            "second": .number(measure.values.second), "difference": .number(measure.difference),
            "threshold": .number(measure.threshold), "unbalanced": .bool(measure.isUnbalanced),
          ]
        }
      ),
      "chanceFirstIsLonger": .number(longerChance),
      "scripts": ["first": scripts(self.scripts.first), "second": scripts(self.scripts.second)],
    ]
  }

  /// Whether a text asks, by its last sign; quotation marks and brackets behind it do not count.
  static func isQuestion(_ text: String) -> Bool {
    let last = text.unicodeScalars.last { scalar in
      if scalar.properties.isWhitespace { return false }
      switch scalar.properties.generalCategory {
      case .closePunctuation, .finalPunctuation: return false
      default: return scalar != "\"" && scalar != "'"
      }
    }
    // Latin, Greek, Arabic, Armenian, Ethiopic, full width and small.
    return last.map { "?\u{37E}\u{61F}\u{55E}\u{1367}\u{FF1F}\u{FE56}⁇⁈".unicodeScalars.contains($0) } ?? false
  }

  private static func length(_ text: String) -> Int { NormalText.trimmed(text).unicodeScalars.count }

  private static func share(_ texts: [String], _ holds: (String) -> Bool) -> Double {
    Double(texts.count(where: holds)) / Double(texts.count)
  }

  private static func median(_ numbers: [Int]) -> Double {
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? Double(sorted[middle]) : Double(sorted[middle - 1] + sorted[middle]) / 2
  }

  /// How often a number of the first list is larger than one of the second, ties halved.
  private static func chance(_ first: [Int], _ second: [Int]) -> Double {
    let sorted = second.sorted()
    func below(_ number: Int, orEqual: Bool) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < number || (orEqual && sorted[middle] == number) { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let wins = first.reduce(0) { $0 + below($1, orEqual: false) + below($1, orEqual: true) }
    return Double(wins) / Double(2 * first.count * second.count)
  }

  private static func scripts(_ texts: [String]) -> [(name: String, prompts: Int)] {
    var counts: [Script: Int] = [:]
    for text in texts {
      for script in Set(text.unicodeScalars.map { Script(of: $0) }) where script != .common && script != .inherited {
        counts[script, default: 0] += 1
      }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key.name, $0.value) }
  }
}
