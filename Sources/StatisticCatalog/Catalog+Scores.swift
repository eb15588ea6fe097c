internal import Agreement

extension StatisticCatalog {
  /// Statistics of scores against the reference.
  static let scoreEntries: [CatalogEntry] = []
}
