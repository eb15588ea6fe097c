internal import Agreement

extension StatisticCatalog {
  /// Statistics of paired and multi-rater tests, rank agreement, intraclass correlation.
  static let testEntries: [CatalogEntry] = []
}
