internal import Agreement

extension StatisticCatalog {
  /// Statistics of adjusted p-values.
  static let multiplicityEntries: [CatalogEntry] = []
}
