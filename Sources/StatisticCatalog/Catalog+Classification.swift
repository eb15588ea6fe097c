internal import Agreement

extension StatisticCatalog {
  /// Statistics of a rater against the reference, one class at a time.
  static let classificationEntries: [CatalogEntry] = []
}
