/// How many raters put each item into each category: all that pooled coefficients need of the labels.
struct RatingCounts: Sendable {
  /// Declared categories, q.
  let categories: Int
  /// `[items × q]`, item-major.
  let counts: [Int]
  /// Labels of each item.
  let labels: [Int]
  /// Items with a label, n.
  let labelledItems: Int
  /// Items with two labels or more.
  let overlappingItems: Int
  /// `[most labels of an item + 1 × q]`: labels in each category over the items with that many labels. Whole numbers by
  /// the number of labels, so that no result depends on the order of items.
  private let totals: [Int]

  /// - Parameter counts: `[items × q]`, item-major.
  init(counts: [Int], items: Int, categories: Int) {
    precondition(counts.count == items * categories, "a count for every item and category")
    var labels = [Int](repeating: 0, count: items)
    for item in 0..<items {
      for code in 0..<categories { labels[item] += counts[item * categories + code] }
    }
    var totals = [Int](repeating: 0, count: ((labels.max() ?? 0) + 1) * categories)
    for item in 0..<items {
      for code in 0..<categories { totals[labels[item] * categories + code] += counts[item * categories + code] }
    }
    self.categories = categories
    self.counts = counts
    self.labels = labels
    self.totals = totals
    labelledItems = labels.count { $0 >= 1 }
    overlappingItems = labels.count { $0 >= 2 }
  }

  /// Counts columns of the same items; every code is below `categories`.
  init(_ columns: [Labels], items: Int, categories: Int) {
    var counts = [Int](repeating: 0, count: items * categories)
    for column in columns {
      column.withCodes { codes in
        for item in 0..<items where codes[item] != UInt8(Labels.maximumCategories) {
          precondition(Int(codes[item]) < categories, "a label's code is not below the number of categories")
          counts[item * categories + Int(codes[item])] += 1
        }
      }
    }
    self.init(counts: counts, items: items, categories: categories)
  }

  /// The items that so many raters labelled.
  func items(withLabels number: Int) -> RatingCounts {
    let chosen = labels.indices.filter { labels[$0] == number }
    return RatingCounts(counts: chosen.flatMap { self[$0] }, items: chosen.count, categories: categories)
  }

  /// An item's labels in each category.
  subscript(item: Int) -> ArraySlice<Int> { counts[(item * categories)..<((item + 1) * categories)] }

  /// The most labels that an item has.
  var mostLabels: Int { labels.max() ?? 0 }

  /// Labels in each category over the items with at least so many labels.
  func pooled(from number: Int) -> [Int] {
    (0..<categories).map { code in
      (number..<max(number, mostLabels + 1)).reduce(0) { $0 + totals[$1 * categories + code] }
    }
  }

  /// Whether all labels are of one category.
  var isConstant: Bool { pooled(from: 1).count { $0 > 0 } == 1 }

  /// πₖ: each category's share of an item's labels, the mean over items with a label (Gwet 2014).
  var shares: [Double] {
    (0..<categories).map { code in
      let sum = (1..<max(1, mostLabels + 1)).reduce(0.0) { $0 + Double(totals[$1 * categories + code]) / Double($1) }
      return sum / Double(labelledItems)
    }
  }

  /// Whole numbers of the items, summed by the items' number of labels: `[most labels + 1]`.
  func sums(_ value: (_ counts: ArraySlice<Int>, _ labels: Int) -> Int128) -> [Int128] {
    var sums = [Int128](repeating: 0, count: mostLabels + 1)
    for item in labels.indices where labels[item] >= 2 { sums[labels[item]] += value(self[item], labels[item]) }
    return sums
  }

  /// Mean over items with two labels or more of the weighted disagreement of their pairs, 0…1.
  func observedDisagreement(_ weights: AgreementWeights) -> Double {
    let sums = sums { Int128(weights.disagreement($0, labels: $1)) }
    let steps = weights.maximum(categories: categories)
    let sum = (2..<max(2, sums.count)).reduce(0.0) { $0 + Double(sums[$1]) / Double($1 * ($1 - 1) * steps) }
    return sum / Double(overlappingItems)
  }
}
