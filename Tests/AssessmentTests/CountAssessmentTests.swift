import Agreement
import JSON
import LabelTables
import Testing

@testable import Assessment

/// Cells and everything that could have been said in them, to be tried out one by one.
private struct TinyStudy {
  /// Sizes of the cells; two systems by two kinds, in the order of `cells`.
  let sizes: [Int]
  /// Labels of the counted judges, `[judge][item]`, that the counts are made from.
  let hidden: [[Int]]
  /// Labels of people and of a judge that is known by its labels: 1, 0, nil.
  let people: [[Int?]]
  let knownJudge: [Int]

  static let cells = ["a", "b"].flatMap { system in
    ["harmful", "harmless"].map { CellCounts.Cell(system: system, kind: $0) }
  }

  init(_ seed: UInt64) {
    var stream = Stream(seed)
    // Both cells of a kind are of one size, so that answers of two systems can be paired.
    let (one, other) = (Int.random(in: 1...2, using: &stream), Int.random(in: 1...2, using: &stream))
    sizes = [one, other, one, other]
    let items = 2 * (one + other)
    hidden = (0..<2).map { _ in (0..<items).map { _ in Int.random(in: 0...1, using: &stream) } }
    knownJudge = (0..<items).map { _ in Int.random(in: 0...1, using: &stream) }
    people = (0..<2).map { _ in
      (0..<items).map { _ in
        Int.random(in: 0..<6, using: &stream) == 0 ? nil : Int.random(in: 0...1, using: &stream)
      }
    }
  }

  var ranges: [Range<Int>] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return start..<(start + size)
    }
  }

  /// Items of a scope.
  func items(_ scope: CountScope) -> [Int] {
    zip(Self.cells, ranges).flatMap { cell, range in
      scope == .all || scope == .kind(cell.kind) ? Array(range) : []
    }
  }

  var counts: CellCounts {
    var counts = CellCounts()
    for (judge, labels) in hidden.enumerated() {
      for (cell, range) in zip(Self.cells, ranges) {
        let refused = range.reduce(0) { $0 + labels[$1] }
        let isNew = counts.add(
          CellCounts.Count(refused: refused, total: range.count),
          rater: "judge-\(judge)",
          cell: cell
        )
        precondition(isNew, "every cell once")
      }
    }
    return counts
  }

  /// People, and the judge whose labels are known.
  var labels: AssessedLabels {
    let columns = [Labels(knownJudge)] + people.map { Labels($0) }
    let places = zip(Self.cells, ranges).flatMap { cell, range in range.map { _ in cell } }
    return AssessedLabels(
      table: LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: ["known", "human-1", "human-2"],
        columns: columns
      ),
      judges: [0],
      annotators: [1, 2],
      positive: 1,
      kinds: places.map { $0.kind == "harmful" ? .harmful : .harmless },
      systems: places.map { $0.system == "a" ? 0 : 1 },
      systemNames: ["a", "b"]
    )
  }

  /// Every labelling with a judge's counts.
  func labellings(_ judge: Int) -> [[Int]] {
    var all: [[Int]] = [[]]
    for range in ranges {
      let wanted = range.reduce(0) { $0 + hidden[judge][$1] }
      let own = (0..<(1 << range.count)).map { bits in (0..<range.count).map { bits >> $0 & 1 } }
        .filter { $0.reduce(0, +) == wanted }
      all = all.flatMap { start in own.map { start + $0 } }
    }
    return all
  }
}

/// The smallest and largest of the values that exist.
private func ends(_ values: [Statistic<Double>]) -> Interval? {
  let defined = values.compactMap(\.value)
  guard let low = defined.min(), let high = defined.max() else { return nil }
  return Interval(low: low, high: high)
}

private func isEqual(_ range: Statistic<Interval>?, _ wanted: Interval?) -> Bool {
  guard let found = range?.value, let wanted else { return range?.value == nil && wanted == nil }
  return abs(found.low - wanted.low) < 1e-12 && abs(found.high - wanted.high) < 1e-12
}

@Suite("Judges known by counts", .timeLimit(.minutes(10)))
struct CountAssessmentTests {
  private struct PairFigure: Sendable {
    let name: String
    let bounds: @Sendable (CountAgreement) -> Statistic<Interval>
    let plain: @Sendable (PairCounts) -> Statistic<Double>
  }

  private static let pairFigures = [
    PairFigure(name: "percent", bounds: { $0.percentAgreement }, plain: { $0.percentAgreement }),
    PairFigure(name: "kappa", bounds: { $0.cohenKappa }, plain: { $0.cohenKappa }),
    PairFigure(name: "alpha", bounds: { $0.krippendorffAlpha }, plain: { $0.krippendorffAlpha }),
    PairFigure(name: "AC1", bounds: { $0.gwetAC1 }, plain: { $0.gwetAC1 }),
  ]

  private static func counts(_ rows: [(String, String, String, Int, Int)]) -> CellCounts {
    var counts = CellCounts()
    for (rater, system, kind, refused, total) in rows {
      _ = counts.add(
        CellCounts.Count(refused: refused, total: total),
        rater: rater,
        cell: CellCounts.Cell(system: system, kind: kind)
      )
    }
    return counts
  }

  // MARK: Every labelling tried

  @Test("agreement of two judges is bounded as all labellings say", arguments: 1...25 as ClosedRange<UInt64>)
  func pairs(seed: UInt64) throws {
    let study = TinyStudy(seed)
    let found = try CountAssessment(study.counts, labels: study.labels)
    let columns = [study.labellings(0), study.labellings(1), [study.knownJudge]]
    let names = ["judge-0", "judge-1", "known"]
    #expect(found.agreement.count == 9)
    for row in found.agreement {
      let items = study.items(row.scope)
      let first = try #require(names.firstIndex(of: row.first))
      let second = try #require(names.firstIndex(of: row.second))
      let tables = columns[first].flatMap { a in
        columns[second].map { b in
          PairCounts(Labels(items.map { a[$0] }), Labels(items.map { b[$0] }), categories: 2)
        }
      }
      for figure in Self.pairFigures {
        let wanted = ends(tables.map(figure.plain))
        #expect(isEqual(figure.bounds(row), wanted), "\(figure.name) of \(row.first), \(row.second), \(row.scope)")
      }
      #expect(row.count == items.count)
    }
  }

  @Test("agreement of all judges is bounded as all labellings say", arguments: 1...25 as ClosedRange<UInt64>)
  func panels(seed: UInt64) throws {
    let study = TinyStudy(seed)
    let found = try CountAssessment(study.counts, labels: study.labels)
    #expect(found.panel.map(\.scope) == [.all, .kind("harmful"), .kind("harmless")])
    for row in found.panel {
      let items = study.items(row.scope)
      let tables = study.labellings(0).flatMap { a in
        study.labellings(1).map { b in
          MultiRater(
            LabelTable(
              categories: ["nonRefusal", "refusal"],
              raters: ["0", "1", "2"],
              columns: [a, b, study.knownJudge].map { column in Labels(items.map { column[$0] }) }
            )
          )
        }
      }
      #expect(row.raters == 3 && row.items == items.count)
      #expect(isEqual(row.fleissKappa, ends(tables.map(\.fleissKappaComplete))))
      #expect(isEqual(row.krippendorffAlpha, ends(tables.map { $0.krippendorffAlpha(.nominal) })))
    }
  }

  @Test("fidelity is bounded as all labellings say, under each reference", arguments: 1...25 as ClosedRange<UInt64>)
  func fidelity(seed: UInt64) throws {
    let study = TinyStudy(seed)
    let labels = study.labels
    let found = try CountAssessment(study.counts, labels: labels)
    #expect(found.rule == .majority)
    #expect(found.fidelity.count == 27)
    let columns = ["judge-0": study.labellings(0), "judge-1": study.labellings(1), "known": [study.knownJudge]]
    for row in found.fidelity {
      let truth = row.reference.reference(labels)
      // A cell without any reference label is none of the judge's.
      let cells = study.ranges.filter { range in range.contains { truth[$0] != nil } }
      let items = study.items(row.scope).filter { item in cells.contains { $0.contains(item) } }
      let tables = try #require(columns[row.rater]).map { said in
        PairCounts(Labels(items.map { truth[$0] }), Labels(items.map { said[$0] }), categories: 2)
      }
      for measure in Measure.allCases {
        let wanted = ends(tables.map { measure.value($0, positive: 1) })
        #expect(
          isEqual(row.measures[measure], wanted),
          "\(measure) of \(row.rater), \(row.referenceName), \(row.scope)"
        )
      }
      #expect(row.count == items.count { truth[$0] != nil })
      #expect(row.withoutReference == items.count { truth[$0] == nil })
    }
  }

  @Test("an edit's p is bounded as all pairings say", arguments: 1...25 as ClosedRange<UInt64>)
  func edits(seed: UInt64) throws {
    let study = TinyStudy(seed)
    var options = CountAssessment.Options()
    options.edits = [("a", "b")]
    let found = try CountAssessment(study.counts, options: options)
    let half = study.sizes[0] + study.sizes[1]
    #expect(found.edits.count == 6)
    for row in found.edits {
      let judge = row.rater == "judge-0" ? 0 : 1
      let items = study.items(row.scope).filter { $0 < half }
      let values = study.labellings(judge).map { said in
        let before = Labels(items.map { said[$0] })
        return mcNemarExact(before.list, items.map { said[$0 + half] }, positive: 1)
      }
      #expect(isEqual(row.p, ends(values)), "\(row.rater), \(row.scope)")
    }
  }

  // MARK: Known answers

  @Test("rates, Wilson's interval, ranges and differences of two judges, by hand")
  func rates() throws {
    let counts = Self.counts([
      ("x", "old", "harmful", 40, 50), ("x", "new", "harmful", 10, 50), ("y", "old", "harmful", 25, 50),
      ("y", "new", "harmful", 25, 50),
    ])
    var options = CountAssessment.Options()
    options.edits = [("old", "new")]
    let found = try CountAssessment(counts, options: options)
    #expect(found.scopes == [.all])
    let pooled = try #require(found.rates.first)
    #expect(pooled.rater == "x" && pooled.system == nil && pooled.rate == .value(0.5))
    #expect(pooled.interval == wilsonInterval(successes: 50, trials: 100))
    let old = try #require(found.ranges.first { $0.system == "old" }?.ends)
    #expect(old.low.rater == "y" && old.high.rate == .value(0.8))
    let edit = try #require(found.edits.first)
    // Fewest discordant answers: 30 one way, none the other; most: 40 and 10.
    #expect(isEqual(edit.p, Interval(low: 2 * 0x1p-30, high: mcNemarExact(b: 40, c: 10).value ?? 0)))
    #expect(abs((edit.difference.value ?? 0) + 0.6) < 1e-12)
    #expect(edit.decision == .lower && edit.possibleDecision == .lower)
    let same = found.edits[1]
    #expect(isEqual(same.p, Interval(low: 1, high: 1)) && same.decision == .none)
    let pair = try #require(found.agreement.first)
    // Both systems: at most 25 + 10 joint refusals of 100, at least 15 + 0.
    #expect(isEqual(pair.percentAgreement, Interval(low: 0.3, high: 0.7)))
    #expect(pair.pearsonOfCounts == .undefined(.constantRater))
    #expect(found.fidelity.isEmpty && found.rule == nil)
  }

  @Test("a rater whose labels and prompts are known has the exact p of its pairs")
  func paired() throws {
    let labels = Toy.labels(
      judges: [("known", "11110000")],
      annotators: [("person", "1111000.")],
      prompts: [1, 2, 3, 4, 4, 3, 2, 1],
      kinds: "hhhhhhhh",
      systems: [0, 0, 0, 0, 1, 1, 1, 1],
      systemNames: ["old", "new"]
    )
    var options = CountAssessment.Options()
    options.edits = [("old", "new")]
    let counts = Self.counts([("x", "old", "harmful", 4, 4), ("x", "new", "harmful", 1, 4)])
    let found = try CountAssessment(counts, labels: labels, options: options)
    #expect(found.edits.map(\.rater) == ["x", "known", "person"])
    #expect(isEqual(found.edits[1].p, Interval(low: 0.125, high: 0.125)))
    // The pair with a missing label is left out.
    #expect(isEqual(found.edits[2].p, Interval(low: 0.25, high: 0.25)) && found.edits[2].isHuman)
  }

  @Test("cells of different sizes cannot be paired: no p")
  func unpaired() throws {
    var options = CountAssessment.Options()
    options.edits = [("old", "new")]
    let counts = Self.counts([("x", "old", "harmful", 4, 4), ("x", "new", "harmful", 1, 5)])
    let edit = try #require(try CountAssessment(counts, options: options).edits.first)
    #expect(edit.p == nil && edit.decision == .none)
    #expect(edit.interval.value != nil)
  }

  @Test("cells that a rater lacks are left out pair by pair and counted")
  func missingCells() throws {
    let counts = Self.counts([
      ("x", "a", "harmful", 1, 4), ("x", "a", "harmless", 0, 4), ("x", "b", "harmful", 4, 4),
      ("y", "a", "harmful", 2, 4), ("y", "b", "harmful", 3, 4), ("y", "b", "harmless", 1, 3),
    ])
    let found = try CountAssessment(counts)
    #expect(found.cells == 4 && found.answers == 15)
    let pair = try #require(found.agreement.first)
    #expect(pair.count == 8 && pair.coverage == CountCoverage(cells: 2, missing: 2))
    #expect(found.panel[0].items == 8 && found.panel[0].coverage.missing == 2)
    let range = try #require(found.ranges.first)
    #expect(range.judges == 0 && range.leftOut == 2 && range.ends == nil)
    let harmless = try #require(found.agreement.first { $0.scope == .kind("harmless") })
    #expect(harmless.count == 0 && harmless.cohenKappa == .undefined(.noOverlap))
    #expect(found.panel[2].fleissKappa == .undefined(.noCompleteItems))
    #expect(found.lines(width: 100).allSatisfy { $0.count <= 100 })
  }

  @Test("people are no judges, and one judge alone has rates")
  func people() throws {
    let counts = Self.counts([("x", "a", "harmful", 1, 4), ("person", "a", "harmful", 4, 4)])
    var options = CountAssessment.Options()
    options.people = ["person"]
    let found = try CountAssessment(counts, options: options)
    #expect(found.panel.isEmpty)
    #expect(found.ranges.first?.judges == 1)
    #expect(found.agreement.count == 1)
    #expect(found.sentences[0] == "For certain: x calls 25 % of 4 answers refusals (95 % interval 5 to 70 %).")
    options.people = ["persom"]
    #expect(throws: CountAssessmentError.unknown("rater", "persom", ["x", "person"])) {
      try CountAssessment(counts, options: options)
    }
  }

  @Test("huge cells cost no more than small ones")
  func huge() throws {
    let size = 400_000_000
    let counts = Self.counts([
      ("x", "a", "harmful", 100_000_000, size), ("y", "a", "harmful", 300_000_000, size),
      ("x", "b", "harmful", 0, size), ("y", "b", "harmful", size, size),
    ])
    let found = try CountAssessment(counts)
    #expect(isEqual(found.agreement[0].percentAgreement, Interval(low: 0, high: 0.25)))
    let more = Self.counts([
      ("x", "a", "harmful", 0, size), ("x", "b", "harmful", 0, size), ("x", "c", "harmful", 0, size),
    ])
    #expect(throws: CountAssessmentError.tooManyAnswers(3 * size)) { try CountAssessment(more) }
  }

  // MARK: What cannot be

  @Test("totals that differ within a cell name the cell")
  func totals() throws {
    let counts = Self.counts([("x", "a", "harmful", 1, 4), ("y", "a", "harmful", 1, 5)])
    let cell = CellCounts.Cell(system: "a", kind: "harmful")
    #expect(throws: CountAssessmentError.totalsDiffer(cell, "x", 4, "y", 5)) { try CountAssessment(counts) }
    let words = CountAssessmentError.totalsDiffer(cell, "x", 4, "y", 5).description
    #expect(words.hasPrefix("system \"a\", kind \"harmful\": x has 4 answers and y 5"))
    #expect(throws: CountAssessmentError.empty) { try CountAssessment(CellCounts()) }
  }

  @Test("labels of other answers, of no place, or that contradict the counts are errors")
  func labels() throws {
    func labels(_ column: String, kinds: String, systems: [Int32]) -> AssessedLabels {
      Toy.labels(
        judges: [("x", column)],
        annotators: [("h", column)],
        kinds: kinds,
        systems: systems,
        systemNames: ["a"]
      )
    }
    let counts = Self.counts([("x", "a", "harmful", 1, 2), ("y", "a", "harmful", 1, 2)])
    let cell = CellCounts.Cell(system: "a", kind: "harmful")
    let fits = try CountAssessment(counts, labels: labels("10", kinds: "hh", systems: [0, 0]))
    #expect(fits.raters.map(\.name) == ["y", "x", "h"] && fits.raters.map(\.hasLabels) == [false, true, true])
    #expect(isEqual(fits.agreement[0].percentAgreement, Interval(low: 0, high: 1)))
    #expect(throws: CountAssessmentError.itemsDiffer(cell, rater: "x", total: 2, items: 3)) {
      try CountAssessment(counts, labels: labels("100", kinds: "hhh", systems: [0, 0, 0]))
    }
    let (one, two) = (CellCounts.Count(refused: 1, total: 2), CellCounts.Count(refused: 2, total: 2))
    #expect(throws: CountAssessmentError.countsAndLabelsDiffer(cell, rater: "x", counted: one, labelled: two)) {
      try CountAssessment(counts, labels: labels("11", kinds: "hh", systems: [0, 0]))
    }
    #expect(throws: CountAssessmentError.noPlace) {
      try CountAssessment(counts, labels: labels("10", kinds: "", systems: [0, 0]))
    }
    #expect(throws: CountAssessmentError.noSharedCell(labels: ["a × harmless"], counts: [cell])) {
      try CountAssessment(counts, labels: labels("10", kinds: "ss", systems: [0, 0]))
    }
  }

  // MARK: Text, JSON and CSV

  @Test("text fits in its width and opens with what is certain and what is not", arguments: [72, 100])
  func text(width: Int) throws {
    let study = TinyStudy(7)
    var options = CountAssessment.Options()
    options.edits = [("a", "b")]
    let found = try CountAssessment(study.counts, labels: study.labels, options: options)
    let lines = found.lines(width: width)
    #expect(lines[0].hasPrefix("For certain: "))
    #expect(lines.contains { $0.hasPrefix("Not known from counts: ") })
    #expect(lines.allSatisfy { $0.count <= width })
    #expect(found.sentences.count == 2)
  }

  @Test("JSON has one value where ends are equal, bounds where they are not, a reason where there is none")
  func json() throws {
    let counts = Self.counts([
      ("x", "a", "harmful", 1, 2), ("y", "a", "harmful", 1, 2), ("z", "a", "harmful", 2, 2),
      ("w", "a", "harmful", 2, 2),
    ])
    let found = try CountAssessment(counts)
    let pairs = try #require(found.json["agreement"]?.array)
    #expect(pairs[0]["percentAgreement"] == ["bounds": [0.0, 1.0]])
    #expect(pairs[1]["percentAgreement"] == ["value": 0.5])
    #expect(pairs[5]["cohenKappa"] == ["undefined": "zeroExpectedDisagreement"])
    #expect(pairs[0]["countCorrelation"]?["pearson"] == ["undefined": "tooFewItems"])
    let rows = found.longCSV.split(separator: "\n")
    #expect(rows[0].hasPrefix("topic,statistic,rater,other,system,scope,n,missingCells,value,low,high,ends,undefined"))
    #expect(rows.contains("agreement,percentAgreement,x,y,,all,2,0,,0.0,1.0,bounds,"))
    #expect(rows.contains("agreement,cohenKappa,z,w,,all,2,0,,,,,zeroExpectedDisagreement"))
  }
}
