internal import Agreement

extension StatisticCatalog {
  /// Statistics of proportions and their differences.
  static let intervalEntries: [CatalogEntry] = []
}
