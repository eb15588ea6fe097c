import Testing

@testable import Agreement

@Suite("Permutation tests", .timeLimit(.minutes(10)))
struct PermutationTests {
  /// Every assignment of signs.
  private static func enumerated(_ differences: [Int]) -> Double {
    let observed = abs(differences.reduce(0, +))
    var extreme = 0
    for signs in 0..<(1 << differences.count) {
      var sum = 0
      for (place, difference) in differences.enumerated() { sum += signs >> place & 1 == 1 ? difference : -difference }
      if abs(sum) >= observed { extreme += 1 }
    }
    return Double(extreme) / Double(1 << differences.count)
  }

  @Test("exact sign flips are the enumeration of all signs", arguments: 0..<40)
  func signs(_ seed: Int) {
    var seeded = SeededLabels(seed: UInt64(seed))
    let differences = (0..<(1 + seeded.below(12))).map { _ in seeded.below(9) - 4 }
    let found = permutationSignFlips(differences)
    if differences.allSatisfy({ $0 == 0 }) {
      #expect(found == .undefined(.noDiscordantPairs))
    } else {
      #expect(found.value?.method == .exact)
      #expect(abs((found.value?.p ?? -1) - Self.enumerated(differences)) < 1e-12)
    }
  }

  @Test("single items of size one are McNemar's exact test")
  func mcNemar() {
    for (b, c) in [(1, 4), (7, 7), (3, 20), (400, 380), (0, 9)] {
      let flips = permutationSignFlips([Int](repeating: 1, count: b) + [Int](repeating: -1, count: c))
      let exact = mcNemarExact(b: b, c: c).value ?? -1
      #expect(abs((flips.value?.p ?? -2) - exact) < 1e-12 * max(1, exact))
    }
  }

  @Test("beyond the longest convolution the p-value is Monte Carlo, says so and is never 0")
  func monteCarlo() {
    var seeded = SeededLabels(seed: 5)
    let differences = (0..<60).map { _ in seeded.below(7) - 3 }
    let exact = permutationSignFlips(differences).value?.p ?? 0
    let random = permutationSignFlips(differences, replicates: 20_000, seed: 1, operations: 10).value
    #expect(random?.method == .monteCarlo(replicates: 20_000))
    // Six standard errors of a share.
    #expect(abs((random?.p ?? -1) - exact) < 6 * (exact * (1 - exact) / 20_000).squareRoot() + 1e-4)
    let certain = permutationSignFlips([Int](repeating: 1, count: 100), replicates: 99, operations: 1).value
    #expect(certain?.p == 0.01)
  }

  @Test("a hundred thousand clusters are still exact")
  func large() {
    let differences = [Int](repeating: 1, count: 50_300) + [Int](repeating: -1, count: 49_700)
    let found = permutationSignFlips(differences).value
    #expect(found?.method == .exact)
    // The normal value with continuity correction: z = 599/√100000.
    #expect(abs((found?.p ?? 0) - 2 * (1 - normalCumulative(599 / 100_000.0.squareRoot()))) < 1e-5)
  }

  @Test("rates of raters: only items with both labels count, clusters flip whole")
  func raters() {
    let a = Labels([1, 1, 1, 0, nil, 1])
    let b = Labels([0, 0, 1, 0, 1, nil])
    let found = permutationRaterRates(a, b, category: 1, clusters: [0, 0, 1, 1, 2, 2], clusterCount: 3)
    // One cluster differs, by 2: both signs are as far from 0.
    #expect(found.value?.p == 1)
    let none = permutationRaterRates(a, Labels(count: 6), category: 1, clusters: [0, 0, 1, 1, 2, 2], clusterCount: 3)
    #expect(none == .undefined(.noOverlap))
    #expect(
      permutationRaterRates(a, a, category: 1, clusters: [0, 0, 1, 1, 2, 2], clusterCount: 3)
        == .undefined(.noDiscordantPairs)
    )
  }

  @Test("rates of systems: clusters with more items on one side stay out")
  func systems() {
    let labels = Labels([1, 0, 1, 1, 0, 1, 0, nil])
    let sides: [Bool?] = [true, false, true, true, false, true, false, true]
    let balanced = permutationSystemRates(
      labels,
      isFirst: sides,
      category: 1,
      clusters: [0, 0, 1, 1, 1, 2, 2, 2],
      clusterCount: 3
    )
    // Clusters 0 and 2 differ by 1; cluster 1 has two against one. P(|±1 ± 1| ≥ 2) = ½.
    #expect(balanced.value?.p == 0.5)
    #expect(
      permutationSystemRates(Labels(count: 2), isFirst: [true, false], category: 1, clusters: [0, 0], clusterCount: 1)
        == .undefined(.noOverlap)
    )
    #expect(
      permutationSystemRates(
        Labels([1, 1, 0]),
        isFirst: [true, true, false],
        category: 1,
        clusters: [0, 0, 0],
        clusterCount: 1
      ) == .undefined(.noDiscordantPairs)
    )
  }

  @Test("κ greater than chance is the upper tail of the hypergeometric distribution")
  func kappa() {
    // Fisher's tea: four cups of eight, three of four right: (16 + 1)/70.
    let a = Labels([1, 1, 1, 1, 0, 0, 0, 0])
    let b = Labels([1, 1, 1, 0, 1, 0, 0, 0])
    let found = permutationKappaGreater(a, b).value
    #expect(found?.method == .exact)
    #expect(abs((found?.p ?? 0) - 17.0 / 70) < 1e-12)
    #expect(permutationKappaGreater(a, Labels(count: 8)) == .undefined(.noOverlap))
    #expect(
      permutationKappaGreater(a, Labels([1, 1, 1, 1, 1, 1, 1, 1])) == .undefined(.constantRater)
    )
  }

  @Test("with three categories labels are dealt anew, and two of them unused change nothing")
  func categories() {
    let a = Labels([0, 1, 2, 0, 1, 2, 0, 1, 2])
    let found = permutationKappaGreater(a, a, replicates: 5000, seed: 2).value
    #expect(found?.method == .monteCarlo(replicates: 5000))
    // One of 9!/(3!)³ = 1680 deals is as good.
    #expect(abs((found?.p ?? 0) - 1.0 / 1680) < 0.003)
    let two = permutationKappaGreater(Labels([2, 2, 0, 0]), Labels([2, 2, 0, 0])).value
    #expect(two?.method == .exact)
    #expect(abs((two?.p ?? 0) - 1.0 / 6) < 1e-12)
  }
}
