/// Computed figures against a list of expected ones.
public struct TargetComparison: Sendable {
  /// What became of the figures of a section.
  public struct Tally: Sendable, Equatable {
    /// The section's letter.
    public let section: String
    /// Within the tolerance.
    public internal(set) var passed = 0
    /// Expected to be undefined, and undefined.
    public internal(set) var undefinedAsExpected = 0
    /// Outside the tolerance, undefined on one side alone, or asked for and not computed.
    public internal(set) var failed = 0
    /// Computed and not asked for.
    public internal(set) var notInList = 0

    /// Starts at nothing.
    public init(section: String) { self.section = section }

    /// Adds another section's numbers.
    public static func += (sum: inout Tally, other: Tally) {
      sum.passed += other.passed
      sum.undefinedAsExpected += other.undefinedAsExpected
      sum.failed += other.failed
      sum.notInList += other.notInList
    }
  }

  /// A line that does not hold.
  public struct Failure: Sendable, Equatable {
    /// What was expected.
    public let line: TargetList.Line
    /// What was computed; nil where there is no such figure.
    public let value: TargetValue?
  }

  /// By section, in the order of the letters.
  public let tallies: [Tally]
  /// The lines that do not hold, in the order of the list.
  public let failures: [Failure]

  /// Compares.
  /// - Parameters:
  ///   - sections: those that were computed; lines of others are passed over. A line of a section that the study does not
  ///     have fails.
  public init(_ targets: [Target], with list: TargetList, sections: [Replication.Section]) {
    let values = Dictionary(targets.map { ($0.id, $0.value) }) { first, _ in first }
    let asked = Set(list.lines.map(\.id))
    var tallies: [String: Tally] = [:]
    func change(_ id: String, _ part: WritableKeyPath<Tally, Int>) {
      let section = String(id.prefix { $0 != "." })
      tallies[section, default: Tally(section: section)][keyPath: part] += 1
    }
    var failures: [Failure] = []
    for line in list.lines {
      let section = Replication.Section(rawValue: String(line.id.prefix { $0 != "." }))
      if let section, !sections.contains(section) { continue }
      let value = values[line.id]
      switch (line.expected, value) {
      case (.undefined, .undefined?): change(line.id, \.undefinedAsExpected)
      case (.number(let expected), let value?):
        guard let number = value.number, line.tolerance.allows(number, for: expected) else { fallthrough }
        change(line.id, \.passed)
      default:
        change(line.id, \.failed)
        failures.append(Failure(line: line, value: value))
      }
    }
    for target in targets where !asked.contains(target.id) { change(target.id, \.notInList) }
    self.tallies = tallies.values.sorted { $0.section < $1.section }
    self.failures = failures
  }
}
