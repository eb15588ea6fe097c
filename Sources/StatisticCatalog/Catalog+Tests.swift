internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of paired and multi-rater tests, rank agreement, intraclass correlation.
  static let testEntries: [CatalogEntry] =
    mcNemarEntries
    + chiSquare("cochranQ") { context throws(QuestionFailure) in
      cochranQ(try context.askedTable(), positive: try context.positive())
    }
    + chiSquare("bowker") { context throws(QuestionFailure) in try context.squareTable().bowker }
    + chiSquare("stuartMaxwell") { context throws(QuestionFailure) in try context.squareTable().stuartMaxwell }
    + chiSquare("friedman") { context throws(QuestionFailure) in
      let ratings = try context.ratings()
      return ratings.raters < 3 ? .undefined(.tooFewRaters) : friedman(blocks: ratings.items)
    }
    + [
      CatalogEntry("kendallW") { context throws(QuestionFailure) in
        let ratings = try context.ratings()
        return AnswerValue(kendallW(raters: (0..<ratings.raters).map { rater in ratings.items.map { $0[rater] } }))
      }
    ] + correlationEntries + arrayEntries

  private static let mcNemarEntries: [CatalogEntry] = [
    mcNemar("mcnemar.exact.p", mcNemarExact),
    mcNemar("mcnemar.midp.p", mcNemarMidP),
    mcNemar("mcnemar.chi2.statistic") { mcNemarChiSquare(b: $0, c: $1).map(\.statistic) },
    mcNemar("mcnemar.chi2.p") { mcNemarChiSquare(b: $0, c: $1).map(\.p) },
    mcNemar("mcnemar.chi2corrected.statistic") { mcNemarChiSquareCorrected(b: $0, c: $1).map(\.statistic) },
    mcNemar("mcnemar.chi2corrected.p") { mcNemarChiSquareCorrected(b: $0, c: $1).map(\.p) },
  ]

  private static func mcNemar(
    _ name: String,
    _ test: @escaping @Sendable (Int, Int) -> Statistic<Double>
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      let table = try context.askedTable()
      guard table.columns.count == 2 else {
        throw .badArgument("raters", "this is a test of two raters, not of \(table.columns.count)")
      }
      let pairs = DiscordantPairs(table.columns[0], table.columns[1], positive: try context.positive())
      return AnswerValue(pairs.test(test))
    }
  }

  /// The three entries of a test: its statistic, degrees of freedom and p-value.
  private static func chiSquare(
    _ name: String,
    _ test: @escaping @Sendable (QuestionContext) throws(QuestionFailure) -> Statistic<TestResult>
  ) -> [CatalogEntry] {
    [
      CatalogEntry("\(name).statistic") { context throws(QuestionFailure) in
        AnswerValue(try test(context).map(\.statistic))
      },
      CatalogEntry("\(name).df") { context throws(QuestionFailure) in AnswerValue(try test(context).map(\.degrees)) },
      CatalogEntry("\(name).pvalue") { context throws(QuestionFailure) in AnswerValue(try test(context).map(\.p)) },
    ]
  }

  private static let correlationEntries: [CatalogEntry] = [
    ("icc1", IntraclassCorrelation.Model.oneWay, false), ("icc2", .twoWayRandom, false), ("icc3", .twoWayMixed, false),
    ("icc1k", .oneWay, true), ("icc2k", .twoWayRandom, true), ("icc3k", .twoWayMixed, true),
  ].flatMap { name, model, averaged in
    [
      CatalogEntry(name) { context throws(QuestionFailure) in
        try context.correlation { AnswerValue($0.coefficient(model, averaged: averaged)) }
      },
      CatalogEntry("\(name).ci95") { context throws(QuestionFailure) in
        try context.correlation { AnswerValue($0.interval(model, averaged: averaged)) }
      },
    ]
  }
}

extension StatisticCatalog {
  /// Statistics of numbers that the arguments carry.
  private static let arrayEntries: [CatalogEntry] = [
    CatalogEntry("fisher.p") { context throws(QuestionFailure) in
      let (n1, n2) = (try context.integer("n1"), try context.integer("n2"))
      let (k1, k2) = (try context.integer("k1"), try context.integer("k2"))
      guard k1 <= n1 else { throw .badArgument("k1", "expected at most n1, which is \(n1)") }
      guard k2 <= n2 else { throw .badArgument("k2", "expected at most n2, which is \(n2)") }
      return AnswerValue(fisherExact(table: [[k1, n1 - k1], [k2, n2 - k2]]))
    },
    CatalogEntry("pairedT") { context throws(QuestionFailure) in
      let (x, y) = (try context.numbers("x"), try context.numbers("y"))
      guard x.count == y.count else { throw .badArgument("y", "expected as many numbers as x has, \(x.count)") }
      return AnswerValue(pairedTTest(x, y)) { test in
        .object([
          ("mean", .number(test.meanDifference)), ("statistic", .number(test.statistic)), ("df", .number(test.degrees)),
          ("p", .number(test.p)), ("interval", .list([.number(test.interval.low), .number(test.interval.high)])),
        ])
      }
    },
    CatalogEntry("varianceComponents") { context throws(QuestionFailure) in
      AnswerValue(twoWayVarianceComponents(ratings: try context.table("ratings", depth: 2)[0])) { parts in
        .object([
          ("rows", .number(parts.rows)), ("columns", .number(parts.columns)), ("residual", .number(parts.residual)),
          ("columnShare", AnswerValue(parts.columnShare)),
        ])
      }
    },
    CatalogEntry("threeWayShares") { context throws(QuestionFailure) in
      let sums = ThreeWaySums(try context.table("values", depth: 3))
      return .object(ThreeWaySums.Term.allCases.map { ($0.rawValue, AnswerValue(sums.share($0))) })
    },
  ]
}

extension QuestionContext {
  /// A full, not empty table of numbers with two or three indices; one with two is the only element of the list.
  fileprivate func table(_ argument: String, depth: Int) throws(QuestionFailure) -> [[[Double]]] {
    let given = arguments.value[argument]
    let outer = depth == 3 ? given?.array ?? [] : [given].compactMap { $0 }
    let values = outer.map { ($0.array ?? []).map { ($0.array ?? []).map(\.double) } }
    guard
      let rows = values.first?.count, let columns = values.first?.first?.count, columns > 0,
      values.allSatisfy({ $0.count == rows && $0.allSatisfy { $0.count == columns && !$0.contains(nil) } })
    else { throw .badArgument(argument, "expected numbers in a table without holes") }
    return values.map { $0.map { $0.compactMap { $0 } } }
  }

  /// The class that counts: the argument `positive`, or the second of two categories.
  fileprivate func positive() throws(QuestionFailure) -> Int {
    if arguments.has("positive") { return try category("positive") }
    guard try data().table.categories.count == 2 else {
      throw .badArgument("positive", "expected a category: there are more than two")
    }
    return 1
  }

  /// The counts of `a` and `b` over the list `categories`, without it over those that either used.
  fileprivate func squareTable() throws(QuestionFailure) -> SquareTable {
    let (first, second) = (try labels("a"), try labels("b"))
    guard arguments.has("categories") else { return SquareTable(first, second) }
    let known = try data().table.categories
    var codes: [Int] = []
    for name in arguments.value["categories"]?.array ?? [] {
      guard let code = name.string.flatMap({ known.firstIndex(of: $0) }), !codes.contains(code) else {
        throw .badArgument("categories", "\(name.text()) is no category or comes twice")
      }
      codes.append(code)
    }
    return SquareTable(first, second, categories: codes)
  }

  /// The values of the asked raters that gave any, on the items where all of them did: the codes of their labels, or with
  /// `on` "score" their scores.
  fileprivate func ratings() throws(QuestionFailure) -> (raters: Int, items: [[Double]]) {
    let columns: [[Double?]]
    switch arguments.value["on"]?.string ?? "code" {
    case "code", "label":
      let table = try askedTable()
      columns = table.speaking.map { table.columns[$0].list.map { $0.map(Double.init) } }
    case "score":
      let data = try data()
      columns = try askedTable().raters.compactMap { data.scores[$0] }
    case let other: throw .badArgument("on", "expected code or score, found \(other)")
    }
    let count = try data().table.itemCount
    let items = (0..<count).compactMap { item in
      let row = columns.compactMap { $0[item] }
      return row.count == columns.count ? row : nil
    }
    return (columns.count, columns.isEmpty ? [] : items)
  }

  fileprivate func correlation(
    _ answer: (IntraclassCorrelation) -> AnswerValue
  ) throws(QuestionFailure) -> AnswerValue {
    let ratings = try ratings()
    if ratings.raters < 2 { return .undefined(.tooFewRaters) }
    return answer(IntraclassCorrelation(ratings: ratings.items))
  }
}
