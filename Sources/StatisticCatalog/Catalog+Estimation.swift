internal import Agreement

extension StatisticCatalog {
  /// Statistics of corrected rates, signal detection, difference in differences.
  static let estimationEntries: [CatalogEntry] = []
}
