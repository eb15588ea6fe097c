import Agreement

/// Labels and scores drawn from a seed, the same ones on every run (SplitMix64).
struct SeededLabels {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0..<bound.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Raters that follow one truth more or less, in `categories` codes, some labels missing.
  mutating func raters(_ number: Int, items: Int, categories: Int, missing: Double = 0.2) -> [[Int?]] {
    let truth = (0..<items).map { _ in below(categories) }
    return (0..<number).map { _ in
      let error = unit()
      return truth.map { label in
        if unit() < missing { return nil }
        return unit() < error ? below(categories) : label
      }
    }
  }

  mutating func shuffled<Element>(_ list: [Element]) -> [Element] {
    var list = list
    for index in list.indices.dropFirst() { list.swapAt(index, below(index + 1)) }
    return list
  }
}

/// A table of such raters.
func table(_ raters: [[Int?]], categories: Int) -> LabelTable {
  LabelTable(
    categories: (0..<categories).map { "c\($0)" },
    raters: raters.indices.map { "r\($0)" },
    columns: raters.map { Labels($0) }
  )
}

/// Whether two statistics are the same but for rounding.
func isClose(_ one: Statistic<Double>, _ other: Statistic<Double>, within tolerance: Double = 1e-12) -> Bool {
  switch (one, other) {
  case (.value(let x), .value(let y)): abs(x - y) <= tolerance
  case (.undefined(let x), .undefined(let y)): x == y
  default: false
  }
}
