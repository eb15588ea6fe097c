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
    let search = PanelSearch(columns, reference: reference, positive: 1)
    for mask in 1..<64 {
      let chosen = columns.indices.filter { mask & (1 << $0) != 0 }.map { columns[$0] }
      #expect(search.score(mask) == PanelScore(VoteRule.majority.labels(chosen), reference: reference))
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
    let choice = try #require(PanelChoice(labels, reference: reference, costs: costs, wanted: 0.8))
    #expect(choice.cheapest?.judges == [1])
    let strict = try #require(PanelChoice(labels, reference: reference, costs: costs, wanted: 0.95))
    #expect(strict.cheapest?.judges == [0])
    #expect(strict.isExhaustive)
    let none = try #require(PanelChoice(labels, reference: reference, costs: costs, wanted: 1, byLowerEnd: true))
    #expect(none.cheapest == nil)
  }

  @Test("a copy of a judge adds nothing and shares all its errors")
  func copies() throws {
    let labels = Toy.labels(
      judges: [("a", "1100110001"), ("copy", "1100110001"), ("b", "0110110011")],
      annotators: [("human", "1100110011")]
    )
    let choice = try #require(PanelChoice(labels, reference: labels.table.columns[3]))
    #expect(choice.members[0].nearest?.judge == 1)
    #expect(choice.members[0].sharedErrors == .value(1))
    #expect((choice.effectiveSize.value ?? 9) < 3)
  }

  @Test("vote rules: a tie and a split are no label, weights decide")
  func rules() {
    let columns = [Toy.column("110."), Toy.column("100."), Toy.column("1.1.")]
    #expect(VoteRule.majority.labels(columns).list == [1, nil, 0, nil])
    #expect(VoteRule.unanimous.labels(columns).list == [1, nil, nil, nil])
    #expect(VoteRule.weighted([1, 2, 4]).labels(columns).list == [1, 0, 1, nil])
    #expect(VoteRule.weighted([1, 1, 2]).labels(columns).list == [1, nil, nil, nil])
  }

  @Test("a panel grown judge by judge is never better than one searched completely")
  func grown() {
    let (columns, reference) = Self.random(9, judges: 8, items: 90)
    let search = PanelSearch(columns, reference: reference, positive: 1)
    let best = (1..<256).map { search.score($0).right }.max() ?? 0
    let grown = PanelSearch.grown(8, score: search.score).map { search.score($0).right }.max() ?? 0
    #expect(grown <= best)
    #expect(Set(PanelSearch.grown(8, score: search.score).map(\.nonzeroBitCount)) == Set(1...8))
  }
}
