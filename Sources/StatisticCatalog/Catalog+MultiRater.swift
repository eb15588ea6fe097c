internal import Agreement

extension StatisticCatalog {
  /// Statistics of several raters.
  static let multiRaterEntries: [CatalogEntry] = []
}
