internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of adjusted p-values.
  static let multiplicityEntries: [CatalogEntry] = [
    family("holm", holm),
    family("bonferroni", bonferroni),
    family("benjaminiHochberg", benjaminiHochberg),
    family("benjaminiYekutieli", benjaminiYekutieli),
  ]

  /// `p` is a list of p-values; one that is `{"undefined": reason}` is no member of the family and comes back as it is.
  private static func family(_ name: String, _ adjust: @escaping @Sendable ([Double]) -> [Double]) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      guard let list = context.arguments.value["p"]?.array else {
        throw .badArgument("p", "expected a list of p-values")
      }
      var members: [Double] = []
      var answers: [AnswerValue?] = []
      for value in list {
        if let p = value.double, p >= 0, p <= 1 {
          members.append(p)
          answers.append(nil)
        } else if let reason = value["undefined"]?.string.flatMap(UndefinedReason.init) {
          answers.append(.undefined(reason))
        } else {
          throw .badArgument("p", "expected numbers in 0…1, found \(value.text())")
        }
      }
      var adjusted = adjust(members).makeIterator()
      return .list(answers.map { $0 ?? .number(adjusted.next() ?? 1) })
    }
  }
}
