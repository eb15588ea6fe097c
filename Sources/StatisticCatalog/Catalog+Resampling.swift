internal import Agreement

extension StatisticCatalog {
  /// Statistics of bootstrap and permutation.
  static let resamplingEntries: [CatalogEntry] = []
}
