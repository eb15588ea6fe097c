internal import Agreement

extension StatisticCatalog {
  /// Statistics of two raters.
  static let pairwiseEntries: [CatalogEntry] = []
}
