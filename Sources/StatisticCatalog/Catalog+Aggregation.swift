internal import Agreement

extension StatisticCatalog {
  /// Statistics of one label from several.
  static let aggregationEntries: [CatalogEntry] = []
}
