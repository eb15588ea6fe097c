import Agreement
import Testing

@testable import Assessment

@Suite("Panels", .timeLimit(.minutes(10)))
struct PanelTests {
  private static func random(_ seed: UInt64, judges: Int, items: Int) -> (columns: [Labels], reference: Labels) {
    var stream = Stream(seed)
    func column(_ missing: Int) -> Labels {
      Labels(
        (0..<items).map { _ in
          Int.random(in: 0..<10, using: &stream) < missing ? nil : Int.random(in: 0...1, using: &stream)
        }
      )
    }
    return ((0..<judges).map { _ in column(2) }, column(1))
  }

  @Test("bit-sliced majorities equal the vote rule on every subset", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func subsets(seed: UInt64) {
    let (columns, reference) = Self.random(seed, judges: 6, items: 150)
    let search = PanelSearch(columns, reference: reference)
    for mask in 1..<64 {
      let chosen = columns.indices.filter { mask & (1 << $0) != 0 }
      let panel = VoteRule.majority.labels(chosen.map { columns[$0] })
      #expect(search.right(chosen) == PanelScore(panel, reference: reference).right)
    }
  }

  @Test("the cheapest panel reaches what was asked, and none that is cheaper does")
  func cheapest() throws {
    let labels = Toy.labels(
      judges: [("good", "1100110011"), ("fair", "1100110000"), ("poor", "1010101010")],
      annotators: [("human", "1100110011")]
    )
    let reference = labels.table.columns[3]
    let costs: [Int: Double] = [0: 10, 1: 1, 2: 1]
    let choice = PanelChoice(labels, reference: reference, costs: costs, wanted: 0.8)
    #expect(choice.cheapest?.judges == [1])
    let strict = PanelChoice(labels, reference: reference, costs: costs, wanted: 0.95)
    #expect(strict.cheapest?.judges == [0])
    #expect(strict.isExhaustive)
    let none = PanelChoice(labels, reference: reference, costs: costs, wanted: 1, byLowerEnd: true)
    #expect(none.cheapest == nil)
  }

  @Test("a copy of a judge adds nothing and shares all its errors")
  func copies() throws {
    let labels = Toy.labels(
      judges: [("a", "1100110001"), ("copy", "1100110001"), ("b", "0110110011")],
      annotators: [("human", "1100110011")]
    )
    let choice = PanelChoice(labels, reference: labels.table.columns[3])
    #expect(choice.members[0].nearest?.judge == 1)
    #expect(choice.members[0].sharedErrors.value == .value(1))
    #expect((choice.effectiveSize.value.value ?? 9) < 3)
  }

  @Test("vote rules: a tie and a split are no label, weights decide")
  func rules() {
    let columns = [Toy.column("110."), Toy.column("100."), Toy.column("1.1.")]
    #expect(VoteRule.majority.labels(columns).list == [1, nil, 0, nil])
    #expect(VoteRule.unanimous.labels(columns).list == [1, nil, nil, nil])
    #expect(VoteRule.weighted([1, 2, 4]).labels(columns).list == [1, 0, 1, nil])
    #expect(VoteRule.weighted([1, 1, 2]).labels(columns).list == [1, nil, nil, nil])
  }

  @Test(
    "of three classes too a majority is right where more votes are right than wrong",
    arguments: [1, 2, 3] as [UInt64]
  )
  func classes(seed: UInt64) {
    var stream = Stream(seed)
    let columns = (0..<5).map { _ in
      Labels(
        (0..<130).map { _ in Int.random(in: 0..<8, using: &stream) == 0 ? nil : Int.random(in: 0...2, using: &stream) }
      )
    }
    let reference = Labels((0..<130).map { _ in Int.random(in: 0...2, using: &stream) })
    let search = PanelSearch(columns, reference: reference)
    for mask in 1..<32 {
      let chosen = columns.indices.filter { mask & (1 << $0) != 0 }
      let panel = VoteRule.majority.labels(chosen.map { columns[$0] })
      #expect(search.right(chosen) == PanelScore(panel, reference: reference).right)
    }
  }

  @Test("a panel grown judge by judge is never better than one searched completely, and its counts are right")
  func grown() {
    let (columns, reference) = Self.random(9, judges: 8, items: 90)
    let search = PanelSearch(columns, reference: reference)
    let best = (1..<256).map { mask in search.right((0..<8).filter { mask & (1 << $0) != 0 }) }.max() ?? 0
    let grown = search.grown()
    #expect((grown.map(\.right).max() ?? 0) <= best)
    #expect(Set(grown.map(\.members.count)) == Set(1...8))
    for subset in grown { #expect(subset.right == search.right(subset.members)) }
  }

  @Test("a panel of eighty judges has figures, says that not every subset was tried, and none passes the bound")
  func many() throws {
    let (columns, reference) = Self.random(4, judges: 80, items: 70)
    let labels = AssessedLabels(
      table: LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: (0..<80).map { "judge \($0)" } + ["human"],
        columns: columns + [reference]
      ),
      judges: Array(0..<80),
      annotators: [80],
      positive: 1
    )
    let choice = PanelChoice(labels, reference: reference, plan: BootstrapPlan(replicates: 100))
    #expect(!choice.isExhaustive)
    #expect(choice.bestOfSize.map(\.judges.count) == Array(1...80))
    #expect(choice.bestOfSize.allSatisfy { $0.score.right <= choice.upperBound.right })
    #expect(choice.members.count == 80)
  }

  @Test("what a judge adds has the interval of a paired difference")
  func gain() throws {
    let labels = Toy.labels(
      judges: [("a", "1100110001"), ("b", "0110110011"), ("c", "1110110010")],
      annotators: [("human", "1100110011")]
    )
    let choice = PanelChoice(labels, reference: labels.table.columns[3])
    let member = choice.members[2]
    #expect(member.marginalValue.value == .value(Double(choice.whole.right - member.without.right) / 10))
    let ends = try #require(member.marginalValue.interval.value)
    #expect(ends.low < (member.marginalValue.value.value ?? 9) && ends.high <= 1 && ends.low >= -1)
  }

  @Test("the correlation of errors is that of a table of counts")
  func phi() {
    var stream = Stream(8)
    for _ in 0..<200 {
      let cells = (0..<4).map { _ in Int.random(in: 0...6, using: &stream) }
      let found = ErrorCorrelations.phi(cells[0], cells[1], cells[2], cells[3])
      let expected = PairCounts(table: [Array(cells.prefix(2)), Array(cells.suffix(2))]).phi
      #expect(found.reason == expected.reason)
      #expect(abs((found.value ?? 0) - (expected.value ?? 0)) < 1e-15, "\(cells)")
    }
  }
}
