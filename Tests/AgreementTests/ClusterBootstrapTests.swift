import Foundation
import Testing

@testable import Agreement

@Suite("Bootstrap over clusters", .timeLimit(.minutes(10)))
struct ClusterBootstrapTests {
  private static func table(_ raters: Int, clusters: [Int], categories: Int = 2, seed: UInt64) -> LabelTable {
    var seeded = SeededLabels(seed: seed)
    let labels = seeded.raters(raters, items: clusters.count, categories: categories)
    return LabelTable(
      categories: (0..<categories).map { "c\($0)" },
      raters: labels.indices.map { "r\($0)" },
      columns: labels.map { Labels($0) },
      clusters: clusters
    )
  }

  private static func rate(_ labels: [Int?], clusters: [Int]? = nil) -> AdditiveStatistics {
    let table = LabelTable(categories: ["no", "yes"], raters: ["r"], columns: [Labels(labels)], clusters: clusters)
    return .rate(of: 1, table.columns[0], clusters: table.clusterList, clusterCount: table.clusterCount)
  }

  @Test("the number of threads changes no bit")
  func threads() {
    let table = Self.table(4, clusters: (0..<90).map { $0 / 3 }, seed: 1)
    let statistics = AdditiveStatistics.pairs(.cohenKappa, table)
    let one = ClusterBootstrap(replicates: 500, seed: 9, threads: 1).distributions(of: statistics)
    for threads in [2, 3, 8] {
      let other = ClusterBootstrap(replicates: 500, seed: 9, threads: threads).distributions(of: statistics)
      #expect(zip(one, other).allSatisfy { $0.sorted == $1.sorted && $0.jackknife == $1.jackknife })
    }
  }

  @Test("fewer replicates are the first ones, another seed gives others")
  func streams() {
    let statistics = Self.rate((0..<40).map { $0 % 3 == 0 ? 1 : 0 })
    func sorted(_ replicates: Int, _ seed: UInt64) -> [Double] {
      ClusterBootstrap(replicates: replicates, seed: seed).distributions(of: statistics)[0].sorted
    }
    #expect(sorted(1, 5) != sorted(1, 6) || sorted(2, 5) != sorted(2, 6))
    var long = sorted(300, 5)
    for value in sorted(200, 5) {
      guard let place = long.firstIndex(of: value) else {
        Issue.record("\(value) is not among the longer run")
        return
      }
      long.remove(at: place)
    }
  }

  @Test("every way of adding rows gives the sums of the plain one", arguments: RowSums.Path.allCases)
  func paths(_ path: RowSums.Path) {
    for (raters, size) in [(2, 1), (5, 3), (12, 20)] {
      let table = Self.table(raters, clusters: (0..<120).map { $0 / size }, seed: UInt64(size))
      let bootstrap = ClusterBootstrap(replicates: 60, seed: 2)
      for statistic in PairStatistic.allCases {
        let statistics = AdditiveStatistics.pairs(statistic, table)
        let plain = bootstrap.distributions(of: statistics, path: .plain)
        let other = bootstrap.distributions(of: statistics, path: path)
        #expect(zip(plain, other).allSatisfy { $0.sorted == $1.sorted && $0.undefinedCount == $1.undefinedCount })
      }
    }
  }

  @Test("sums that 32 bits cannot hold are added in 64")
  func large() {
    let rows = (0..<10).flatMap { [1_000_000_000, $0] }
    let statistics = AdditiveStatistics(clusterCount: 10, width: 2, rows: rows) { totals in
      .value(Double(totals[0]) / 1e9)
    }
    #expect(RowSums(statistics, path: .bytes).path == .plain)
    let found = ClusterBootstrap(replicates: 50).distributions(of: statistics)[0]
    #expect(found.sorted.allSatisfy { $0 == 10 })
  }

  @Test("sums of counts say what walking the resampled items says")
  func general() {
    let table = Self.table(3, clusters: (0..<80).map { $0 * 7 % 20 }, categories: 3, seed: 4)
    let bootstrap = ClusterBootstrap(replicates: 200, seed: 3)
    let fast = bootstrap.distributions(of: .nominalAlpha(table))[0]
    let slow = bootstrap.distribution(clusters: table.clusterList, clusterCount: table.clusterCount) { items in
      MultiRater(table.selecting(items: items)).krippendorffAlpha(.nominal)
    }
    #expect(isClose(fast.point, slow.point))
    #expect(fast.sorted.count == 200 && slow.sorted.count == 200)
    #expect(zip(fast.sorted, slow.sorted).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(fast.jackknife, slow.jackknife).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("a statistic of two raters without a name is resampled alike")
  func pairs() {
    let table = Self.table(2, clusters: (0..<60).map { $0 / 2 }, categories: 4, seed: 8)
    func found(_ statistics: AdditiveStatistics) -> [Double] {
      ClusterBootstrap(replicates: 100, seed: 1).distributions(of: statistics)[0].sorted
    }
    let named = AdditiveStatistics.pair(
      .cohenKappa,
      table.columns[0],
      table.columns[1],
      categories: 4,
      clusters: table.clusterList,
      clusterCount: table.clusterCount
    )
    let other = AdditiveStatistics.pair(
      table.columns[0],
      table.columns[1],
      categories: 4,
      clusters: table.clusterList,
      clusterCount: table.clusterCount
    ) { $0.cohenKappa }
    #expect(zip(found(named), found(other)).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("the SE of a rate of independent items is the binomial one")
  func standardError() {
    let labels = (0..<200).map { $0 < 60 ? 1 : 0 }
    let found = ClusterBootstrap(replicates: 40_000, seed: 1).distributions(of: Self.rate(labels))[0]
    let expected = (0.3 * 0.7 / 200).squareRoot()
    #expect(abs((found.standardError.value ?? 0) / expected - 1) < 0.02)
  }

  @Test("copies of clusters' items do not narrow the interval")
  func copies() {
    let labels = (0..<30).map { $0 % 4 == 0 ? 1 : 0 }
    let once = ClusterBootstrap(replicates: 4000, seed: 1).distributions(of: Self.rate(labels))[0]
    let often = ClusterBootstrap(replicates: 4000, seed: 1).distributions(
      of: Self.rate(labels.flatMap { [$0, $0, $0, $0] }, clusters: (0..<120).map { $0 / 4 })
    )[0]
    #expect(once.percentile() == often.percentile())
    #expect(once.bca() == often.bca())
  }

  @Test("the order of items and the names of clusters change nothing but the draws")
  func order() {
    let clusters = (0..<60).map { $0 / 2 }
    let table = Self.table(3, clusters: clusters, seed: 21)
    let renamed = LabelTable(
      categories: table.categories,
      raters: table.raters,
      columns: table.columns,
      clusters: clusters.map { 1000 - $0 }
    )
    #expect(AdditiveStatistics.nominalAlpha(table).rows == AdditiveStatistics.nominalAlpha(renamed).rows)
    var seeded = SeededLabels(seed: 2)
    let mixed = table.selecting(items: seeded.shuffled(Array(0..<60)))
    #expect(isClose(AdditiveStatistics.nominalAlpha(mixed).points[0], AdditiveStatistics.nominalAlpha(table).points[0]))
  }

  @Test("what cannot be computed says why")
  func reasons() {
    let bootstrap = ClusterBootstrap(replicates: 400, seed: 1)
    let one = bootstrap.distributions(of: Self.rate([1, 0, 1], clusters: [4, 4, 4]))[0]
    #expect(one.point == .value(2.0 / 3))
    #expect(one.percentile() == .undefined(.tooFewClusters))
    #expect(one.standardError == .undefined(.tooFewClusters))
    #expect(one.bca() == .undefined(.tooFewClusters))
    #expect(one.student() == .undefined(.tooFewClusters))

    let flat = bootstrap.distributions(of: Self.rate([1, 1, 1, 1]))[0]
    #expect(flat.percentile() == .value(Interval(low: 1, high: 1)))
    #expect(flat.standardError == .value(0))
    #expect(flat.bca() == .undefined(.bcaDegenerate))
    #expect(flat.student() == .undefined(.noErrorVariance))

    let silent = bootstrap.distributions(of: Self.rate([nil, nil]))[0]
    #expect(silent.point == .undefined(.noTrials))
    #expect(silent.percentile() == .undefined(.tooManyUndefinedReplicates))
    #expect(silent.undefinedCount == 400 && silent.undefinedShare == 1)

    // Of 40 clusters one has a label: (39/40)⁴⁰ = 36 % of the resamples miss it.
    let rare = bootstrap.distributions(of: Self.rate([1] + [Int?](repeating: nil, count: 39)))[0]
    #expect(rare.bca() == .undefined(.tooManyUndefinedReplicates))
    #expect(abs(rare.undefinedShare - 0.36) < 0.1)
  }

  @Test("type-7 quantiles and BCa by hand")
  func byHand() {
    let sorted = (0...10).map { Double($0) }
    func distribution(point: Double, jackknife: [Double]) -> BootstrapDistribution {
      BootstrapDistribution(
        point: .value(point),
        sorted: sorted,
        undefinedCount: 0,
        jackknife: jackknife,
        clusterCount: jackknife.count
      )
    }
    let even = distribution(point: 5, jackknife: [4, 5, 6])
    #expect(even.percentile(level: 0.5) == .value(Interval(low: 2.5, high: 7.5)))
    // z₀ = 0 as half the ties count, a = 0 as the jackknife is symmetric: BCa is the percentile interval.
    let ends = even.bca(level: 0.5).value
    #expect(abs((ends?.low ?? 0) - 2.5) < 1e-9 && abs((ends?.high ?? 0) - 7.5) < 1e-9)
    // t of two degrees at 0.75 is √⅔ (0.8165), the SE of 0…10 is √11, and three clusters widen it by √(3/2).
    let student = even.student(level: 0.5).value
    let half = (2.0 / 3).squareRoot() * 11.0.squareRoot() * 1.5.squareRoot()
    #expect(abs((student?.low ?? 0) - (5 - half)) < 1e-9 && abs((student?.high ?? 0) - (5 + half)) < 1e-9)
    // Beyond all values z₀ is infinite.
    #expect(distribution(point: 11, jackknife: [4, 5, 6]).bca() == .undefined(.bcaDegenerate))
    // a = Σd³/(6(Σd²)^1.5) with d = −1, −1, 2: 6/(6·6^1.5).
    let skew = distribution(point: 5, jackknife: [2, 2, -1])
    let a = 1 / pow(6, 1.5)
    let z = -0.6744897501960817
    let share = 0.5 * erfc(-(z / (1 - a * z)) / 2.0.squareRoot())
    #expect(abs((skew.bca(level: 0.5).value?.low ?? 0) - 10 * share) < 1e-9)
  }

  @Test("sorting by digits is sorting", arguments: [0, 1, 255, 256, 5000])
  func sorting(_ count: Int) {
    var seeded = SeededLabels(seed: 6)
    let values = (0..<count).map { place -> Double in
      switch place % 5 {
      case 0: Double(seeded.below(7)) - 3
      case 1: -seeded.unit()
      case 2: seeded.unit() * 1e300
      case 3: -0.0
      default: seeded.unit() * 1e-300
      }
    }
    #expect(radixSorted(values) == values.sorted())
    #expect(radixSorted(values).allSatisfy { $0 != 0 || $0.sign == .plus })
  }

  @Test("draws of the generator are even and its streams differ")
  func generator() {
    var counts = [Int](repeating: 0, count: 7)
    for stream in 0..<200 as Range<UInt64> {
      var generator = CounterGenerator(seed: 3, stream: stream)
      for _ in 0..<70 { counts[generator.below(7)] += 1 }
    }
    // 14 000 draws, 2000 expected each, standard deviation 41.
    #expect(counts.allSatisfy { abs($0 - 2000) < 210 })
    var (one, other) = (CounterGenerator(seed: 3, stream: 0), CounterGenerator(seed: 3, stream: 1))
    #expect(one.next() != other.next())
    var again = CounterGenerator(seed: 3, stream: 0)
    _ = again.next()
    #expect(again.next() == one.next())
  }
}
