import Agreement
import Testing

@Suite("One label of many raters", .timeLimit(.minutes(10)))
struct AggregationTests {
  private static func panel(_ seed: UInt64, raters: Int = 5, categories: Int = 3) -> [[Int?]] {
    var seeded = SeededLabels(seed: seed)
    return seeded.raters(raters, items: 40, categories: categories)
  }

  private static func isClose(_ one: Statistic<[Double]>, _ other: Statistic<[Double]>, _ tolerance: Double) -> Bool {
    switch (one, other) {
    case (.value(let x), .value(let y)): zip(x, y).allSatisfy { abs($0 - $1) <= tolerance } && x.count == y.count
    case (.undefined(let x), .undefined(let y)): x == y
    default: false
    }
  }

  @Test("a vote is the most frequent label, a tie or nothing")
  func vote() {
    let votes = table([[0, 1, nil, 2], [0, 0, nil, nil], [1, nil, nil, nil]], categories: 3)
    #expect(majorityVote(votes) == [.value(0), .undefined(.tie), .undefined(.noVotes), .value(2)])
    #expect(majorityVote(table([], categories: 2)).isEmpty)
  }

  @Test("one round of Dawid and Skene by hand")
  func byHand() throws {
    // Shares: item 0 (1, 0), item 1 (½, ½). Prior (¾, ¼); r0 said 0 twice; r1 said 0 then 1: true 0 gives 1 and ½ of 1½.
    let model = DawidSkene(table([[0, 0], [0, 1]], categories: 2), iterations: 0)
    #expect(model.prior == .value([0.75, 0.25]))
    #expect(model.confusion[0] == .value([[1, 1], [0, 0]]))
    let second = try #require(model.confusion[1].value)
    #expect(abs(second[0][0] - 2.0 / 3) < 1e-9 && abs(second[1][0] - 1.0 / 3) < 1e-9 && abs(second[1][1] - 1) < 1e-9)
    let next = DawidSkene(table([[0, 0], [0, 1]], categories: 2), iterations: 1)
    // Item 1: ¾·⅓ against ¼·1, an even chance; item 0 is 0 but for the floor.
    #expect(Self.isClose(next.posterior[1], .value([0.5, 0.5]), 1e-8))
    #expect(Self.isClose(next.posterior[0], .value([1, 0]), 1e-8))
  }

  @Test("probabilities sum to 1 and matrices by column", arguments: 1...8)
  func bounds(_ seed: UInt64) throws {
    let data = table(Self.panel(seed), categories: 3)
    let model = DawidSkene(data)
    let posteriors = [model.posterior, MACE(data).posterior, GLAD(data).posterior].joined()
    for shares in posteriors.compactMap(\.value) + [try #require(model.prior.value)] {
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares.allSatisfy { (0...1).contains($0) })
    }
    for matrix in model.confusion.compactMap(\.value) {
      for truth in 0..<3 { #expect(abs(matrix.reduce(0) { $0 + $1[truth] } - 1) < 1e-9) }
    }
    #expect(MACE(data).competence.compactMap(\.value).allSatisfy { (0...1).contains($0) })
  }

  @Test("the order of raters and items changes nothing", arguments: 1...6)
  func permuted(_ seed: UInt64) {
    let raters = Self.panel(seed)
    var seeded = SeededLabels(seed: seed &+ 99)
    let (order, people) = (seeded.shuffled(Array(0..<40)), seeded.shuffled(Array(0..<5)))
    let data = table(raters, categories: 3)
    let other = table(people.map { person in order.map { raters[person][$0] } }, categories: 3)
    let votes = majorityVote(data)
    #expect(order.map { votes[$0] } == majorityVote(other))
    let pairs = [
      (DawidSkene(data).posterior, DawidSkene(other).posterior, 1e-9),
      (MACE(data).posterior, MACE(other).posterior, 1e-9),
      // Newton's method stops at a gradient of 1e-8.
      (GLAD(data).posterior, GLAD(other).posterior, 1e-7),
    ]
    for (first, second, tolerance) in pairs {
      for (place, item) in order.enumerated() { #expect(Self.isClose(first[item], second[place], tolerance)) }
    }
  }

  @Test("other names for the classes are no more than other names", arguments: 1...6)
  func relabelled(_ seed: UInt64) {
    let raters = Self.panel(seed)
    let names = [2, 0, 1]
    let data = table(raters, categories: 3)
    let other = table(raters.map { $0.map { $0.map { names[$0] } } }, categories: 3)
    let models = [
      (DawidSkene(data).posterior, DawidSkene(other).posterior, 1e-9),
      (MACE(data).posterior, MACE(other).posterior, 1e-9),
      (GLAD(data).posterior, GLAD(other).posterior, 1e-7),
    ]
    for (first, second, tolerance) in models {
      for (one, renamed) in zip(first, second) {
        #expect(Self.isClose(one, renamed.map { shares in names.map { shares[$0] } }, tolerance))
      }
    }
  }

  @Test("declared categories that nobody used change nothing and have no probability", arguments: 1...4)
  func unused(_ seed: UInt64) {
    let raters = Self.panel(seed)
    let (data, wider) = (table(raters, categories: 3), table(raters, categories: 6))
    let models = [
      (DawidSkene(data).posterior, DawidSkene(wider).posterior), (MACE(data).posterior, MACE(wider).posterior),
      (GLAD(data).posterior, GLAD(wider).posterior),
    ]
    for (narrow, wide) in models {
      #expect(zip(narrow, wide).allSatisfy { $0.map { $0 + [0, 0, 0] } == $1 })
    }
  }

  @Test("full agreement is certain in every model")
  func perfect() {
    let labels = [0, 1, 1, 0, 1, 0, 0, 1, 1, 0]
    let data = table([labels, labels, labels, labels], categories: 2)
    let wanted = labels.map { Statistic.value($0) }
    #expect(majorityVote(data) == wanted && DawidSkene(data).labels == wanted)
    #expect(MACE(data).labels() == wanted && GLAD(data).labels() == wanted)
    #expect(MACE(data).competence.allSatisfy { $0.value.map { $0 > 0.8 } ?? false })
    #expect(GLAD(data).abilities.allSatisfy { $0.value.map { $0 > 1 } ?? false })
  }

  @Test("one category, silent raters and no label at all")
  func corners() {
    let same = table([[1, 1, nil], [1, nil, nil], [nil, nil, nil]], categories: 2)
    for posterior in [DawidSkene(same).posterior, MACE(same).posterior, GLAD(same).posterior] {
      #expect(posterior == [.value([0, 1]), .value([0, 1]), .undefined(.noVotes)])
    }
    #expect(DawidSkene(same).confusion[2] == .undefined(.noVotes) && MACE(same).competence[2] == .undefined(.noVotes))
    #expect(GLAD(same).abilities[2] == .undefined(.noVotes) && GLAD(same).easiness[2] == .undefined(.noVotes))
    let empty = table([[nil, nil], [nil, nil]], categories: 2)
    #expect(
      DawidSkene(empty).prior == .undefined(.noVotes)
        && DawidSkene(empty).labels == [.undefined(.noVotes), .undefined(.noVotes)]
    )
    #expect(MACE(empty).labels() == GLAD(empty).labels())
  }

  @Test("a rater who answers the reverse is found out")
  func adversary() throws {
    var seeded = SeededLabels(seed: 5)
    let truth = (0..<200).map { _ in seeded.below(2) }
    let good = (0..<4).map { _ in truth.map { seeded.unit() < 0.1 ? 1 - $0 : $0 } }
    let data = table(good + [truth.map { seeded.unit() < 0.1 ? $0 : 1 - $0 }], categories: 2)
    #expect(try #require(GLAD(data).abilities[4].value) < 0)
    #expect(try #require(MACE(data).competence[4].value) < 0.2)
    let matrix = try #require(DawidSkene(data).confusion[4].value)
    #expect(matrix[1][0] > 0.8 && matrix[0][1] > 0.8)
    let right = zip(DawidSkene(data).labels, truth).count { $0.value == $1 }
    #expect(right >= 195)
  }

  @Test("crowd-kit's order of distributions is kept apart from the published model")
  func variants() {
    // First seen in the order of names: both are the same model.
    let sorted = table([[0, 1, 0, 1, 1], [0, 1, 1, 1, 0], [0, 0, 0, 1, 1]], categories: 2)
    #expect(MACE(sorted).posterior == MACE(sorted, variant: .crowdKit).posterior)
    let turned = table([[1, 0, 1, 1, 1], [1, 1, 1, 0, 1], [1, 0, 1, 1, 0]], categories: 2)
    #expect(MACE(turned).posterior != MACE(turned, variant: .crowdKit).posterior)
  }
}
