/// Labels of several raters on the same items, over declared categories.
///
/// A declared category may be unused; its being declared counts where the definition says so (weighted kappa, AC1, PABAK).
/// No label and abstention are one thing here: nil. To study abstention as a category, add it to the data.
public struct LabelTable: Sendable {
  /// The declared categories, in order; a label's code is its index. In binary data 0 is `nonRefusal`, 1 `refusal`.
  public let categories: [String]
  /// The raters' names, in order.
  public let raters: [String]
  /// One column a rater, all of `itemCount` items.
  public let columns: [Labels]
  /// Dense cluster numbers; nil where each item is a cluster of its own, so that a hundred million items cost nothing.
  private let clusterCodes: [Int32]?
  /// Items.
  public let itemCount: Int
  /// Clusters.
  public let clusterCount: Int

  /// The cluster (prompt) of an item: a dense number 0..<`clusterCount`, numbered in order of first appearance.
  public func cluster(of item: Int) -> Int { clusterCodes.map { Int($0[item]) } ?? item }

  /// The clusters of all items, as a new list.
  public var clusterList: [Int] { clusterCodes?.map { Int($0) } ?? Array(0..<itemCount) }

  /// Puts a table together.
  /// - Parameters:
  ///   - columns: one for each rater, all of the same length.
  ///   - clusters: one number an item, any numbers; nil where each item is a cluster of its own.
  public init(categories: [String], raters: [String], columns: [Labels], clusters: [Int]? = nil) {
    precondition(raters.count == columns.count, "every rater needs a column")
    let count = columns.first?.count ?? clusters?.count ?? 0
    precondition(columns.allSatisfy { $0.count == count }, "every rater needs the same items")
    precondition(clusters.map { $0.count == count } ?? true, "every item needs a cluster")
    self.categories = categories
    self.raters = raters
    self.columns = columns
    itemCount = count
    guard let clusters else {
      clusterCodes = nil
      clusterCount = count
      return
    }
    var numbers: [Int: Int32] = [:]
    let codes = clusters.map { cluster in
      if let number = numbers[cluster] { return number }
      let number = Int32(numbers.count)
      numbers[cluster] = number
      return number
    }
    clusterCount = numbers.count
    clusterCodes = numbers.count == count ? nil : codes
  }

  private init(_ table: LabelTable, raters: [String], columns: [Labels]) {
    categories = table.categories
    self.raters = raters
    self.columns = columns
    clusterCodes = table.clusterCodes
    itemCount = table.itemCount
    clusterCount = table.clusterCount
  }

  /// The labels of a rater, nil if there is no such rater.
  public func labels(of rater: String) -> Labels? { raters.firstIndex(of: rater).map { columns[$0] } }

  /// The raters with at least one label: others are dropped before any multi-rater statistic.
  public var speaking: [Int] { raters.indices.filter { columns[$0].labelled > 0 } }

  /// Items that all of some raters labelled (listwise deletion).
  public func completeItems(of raters: [Int]) -> [Int] {
    (0..<itemCount).filter { item in raters.allSatisfy { columns[$0][item] != nil } }
  }

  /// The same raters on some items, in the order asked for; an item may come more than once.
  public func selecting(items: [Int]) -> LabelTable {
    LabelTable(
      categories: categories,
      raters: raters,
      columns: columns.map { $0.selecting(items) },
      clusters: items.map { cluster(of: $0) }
    )
  }

  /// Some of the raters on the same items.
  public func selecting(raters chosen: [Int]) -> LabelTable {
    LabelTable(self, raters: chosen.map { raters[$0] }, columns: chosen.map { columns[$0] })
  }
}
