import Agreement
import Assessment

/// Small label sets for tests. 0 is compliance, 1 refusal.
enum Toy {
  /// A table of raters given as strings of `0`, `1` and `.` (no label).
  static func labels(
    judges: [(String, String)],
    annotators: [(String, String)] = [],
    prompts: [Int]? = nil,
    kinds: String = "",
    systems: [Int32] = [],
    systemNames: [String] = [],
    edits: [SystemPair] = [],
    passes: [Int: [Int]] = [:]
  ) -> AssessedLabels {
    let raters = judges + annotators
    let columns = raters.map { column($0.1) }
    return AssessedLabels(
      table: LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: raters.map(\.0),
        columns: columns,
        clusters: prompts
      ),
      judges: Array(0..<judges.count).filter { index in !passes.values.contains { $0.contains(index) } },
      annotators: Array(judges.count..<raters.count),
      positive: 1,
      itemNames: .named { "item-\($0)" },
      kinds: kinds.map { $0 == "h" ? .harmful : .harmless },
      systems: systems,
      systemNames: systemNames,
      edits: edits,
      passes: passes
    )
  }

  static func column(_ text: String) -> Labels { Labels(text.map { $0 == "." ? nil : $0 == "1" ? 1 : 0 }) }
}

/// A reproducible stream of numbers.
struct Stream: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
