import Agreement
import Testing

@Suite("Bounds over missing labels", .timeLimit(.minutes(10)))
struct AbstentionBoundsTests {
  /// All fillings one by one.
  private static func brute(_ a: [Int?], _ b: [Int?]) -> (kappa: [Double], ac1: [Double], percent: [Double]) {
    let open = a.indices.filter { a[$0] == nil }.map { (0, $0) } + b.indices.filter { b[$0] == nil }.map { (1, $0) }
    var (kappas, ac1s, percents): ([Double], [Double], [Double]) = ([], [], [])
    for mask in 0..<(1 << open.count) {
      var sides = [a, b]
      for (bit, place) in open.enumerated() { sides[place.0][place.1] = (mask >> bit) & 1 }
      let pair = PairCounts(Labels(sides[0]), Labels(sides[1]), categories: 2)
      if let kappa = pair.cohenKappa.value { kappas.append(kappa) }
      if let ac1 = pair.gwetAC1.value { ac1s.append(ac1) }
      if let percent = pair.percentAgreement.value { percents.append(percent) }
    }
    return (kappas, ac1s, percents)
  }

  @Test("both ends are those of every filling", arguments: 0..<60)
  func sharp(seed: Int) {
    var stream = SystemLikeGenerator(seed: UInt64(seed) + 1)
    func draw() -> Int? { [0, 1, nil, 0, 1].randomElement(using: &stream) ?? nil }
    let count = Int.random(in: 1...7, using: &stream)
    let (a, b) = ((0..<count).map { _ in draw() }, (0..<count).map { _ in draw() })
    let (kappa, ac1, percent) = Self.brute(a, b)
    let bounds = AbstentionBounds(Labels(a), Labels(b))
    check(bounds.cohenKappa, kappa)
    check(bounds.gwetAC1, ac1)
    check(bounds.percentAgreement, percent)
  }

  private func check(_ interval: Statistic<Interval>, _ values: [Double]) {
    guard let low = values.min(), let high = values.max() else {
      #expect(interval.value == nil)
      return
    }
    #expect(abs((interval.value?.low ?? .nan) - low) < 1e-12)
    #expect(abs((interval.value?.high ?? .nan) - high) < 1e-12)
  }

  @Test("without items there are no bounds; with too many fillings percent agreement alone has some")
  func edges() {
    #expect(AbstentionBounds(Labels(count: 0), Labels(count: 0)).cohenKappa == .undefined(.noOverlap))
    let many = AbstentionBounds(counts: [[10, 0, 4000], [0, 10, 4000], [4000, 4000, 10]])
    #expect(many.cohenKappa == .undefined(.tooManyFillings))
    #expect(many.percentAgreement.value != nil)
  }
}

private struct SystemLikeGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
