internal import ArgumentParser
internal import JSON
internal import PaperReplication

/// `tribunal replicate`
struct Replicate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the figures of a published study again from its published files.",
    subcommands: [ReplicatePaper.self]
  )
}

/// `tribunal replicate paper`
struct ReplicatePaper: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paper",
    abstract: "Compute every figure of \"A Granular Study of Safety Pretraining under Model Abliteration\".",
    discussion: """
      Reads human_1.csv, human_2.csv, judges_10q.csv, summary_100q.csv, summary_100q_first_run.csv and \
      first_draft_sample.csv. Where a judge is known by counts alone, a figure that depends on which responses they are is \
      given as two: the smallest (.lo) and the largest (.hi) over all labellings that have these counts.
      --targets compares with a list of expected values (columns id, value, tolerance): a tolerance is a number, or "rel" \
      and a number; the value nan expects that the figure is undefined.
      Exit code: 0 no finding, 1 a figure is not as expected, 2 a file is bad.
      """
  )

  @Option(help: "The folder of the published files.")
  var data: String

  @Option(help: "Compare with the expected values of this file of comma-separated values.")
  var targets: String?

  @Option(name: .customLong("section"), help: "Compute this section alone; can be given more than once.")
  var sections: [Replication.Section] = []

  @Flag(help: "Print every figure as JSON.")
  var json = false

  func run() throws {
    do {
      let list = try targets.map { try TargetList(file: $0) }
      let chosen = Replication.Section.allCases.filter { sections.isEmpty || sections.contains($0) }
      let figures = Replication(try PaperData(folder: data)).targets(chosen)
      let comparison = list.map { TargetComparison(figures, with: $0, sections: chosen) }
      if json {
        Console.output.line(Self.facts(figures, comparison).text(.compact))
      } else if let comparison {
        Self.show(comparison)
      } else {
        Self.show(figures)
      }
      if comparison?.failures.isEmpty == false { throw Exit.finding }
    } catch let code as ExitCode { throw code } catch { throw Exit.report(error) }
  }

  // MARK: JSON

  private static func facts(_ figures: [Target], _ comparison: TargetComparison?) -> JSONValue {
    var facts: JSONObject = [
      "targets": .array(figures.map { ["id": .string($0.id), "value": $0.value.json] })
    ]
    if let comparison {
      facts["sections"] = .array(
        comparison.tallies.map { tally in
          [
            "section": .string(tally.section), "passed": .integer(Int64(tally.passed)),
            "undefinedAsExpected": .integer(Int64(tally.undefinedAsExpected)),
            "failed": .integer(Int64(tally.failed)), "notInList": .integer(Int64(tally.notInList)),
          ]
        }
      )
      facts["failures"] = .array(
        comparison.failures.map { failure in
          [
            "id": .string(failure.line.id), "expected": .string("\(failure.line.expected)"),
            "tolerance": .string("\(failure.line.tolerance)"), "value": failure.value?.json ?? .null,
          ]
        }
      )
    }
    return .object(facts)
  }

  // MARK: Text

  /// So many figures that are not as expected are shown with their values.
  private static let shownFailures = 40

  private static func show(_ comparison: TargetComparison) {
    var rows = comparison.tallies.map { row($0.section, $0) }
    let total = comparison.tallies.reduce(into: TargetComparison.Tally(section: "all")) { $0 += $1 }
    rows.append(row("all", total))
    let titles = ["section", "passed", "undefined as expected", "failed", "not in the list"]
    Console.output.write(TextTable.lines(rows, titles: titles))
    for failure in comparison.failures.prefix(shownFailures) {
      let value = failure.value.map { $0.description } ?? "there is no such figure"
      Console.output.line(
        "\(failure.line.id): expected \(failure.line.expected) (tolerance \(failure.line.tolerance)), got \(value)"
          .terminalSafe(keepingLines: false)
      )
    }
    let more = comparison.failures.count - shownFailures
    if more > 0 { Console.output.line("… and \(more) more") }
  }

  private static func row(_ section: String, _ tally: TargetComparison.Tally) -> [String] {
    [section] + [tally.passed, tally.undefinedAsExpected, tally.failed, tally.notInList].map(String.init)
  }

  private static func show(_ figures: [Target]) {
    let rows = Replication.Section.allCases.compactMap { section -> [String]? in
      let own = figures.filter { $0.id.hasPrefix(section.rawValue + ".") }
      guard !own.isEmpty else { return nil }
      return [section.rawValue, String(own.count), String(own.count { $0.value.number == nil }), section.title]
    }
    Console.output.write(TextTable.lines(rows, titles: ["section", "figures", "undefined", "about"]))
    Console.output.line("--json prints the figures; --targets compares them with a list")
  }
}
