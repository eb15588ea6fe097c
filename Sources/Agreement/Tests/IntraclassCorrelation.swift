/// Intraclass correlations of several raters on the same items (Shrout & Fleiss 1979; McGraw & Wong 1996). They are at most
/// 1, negative values are kept; the two-way random one of a mean is a ratio of estimates that may leave that range where
/// items differ less than error alone would have it.
public struct IntraclassCorrelation: Sendable {
  /// What the raters are.
  public enum Model: Sendable, CaseIterable {
    /// Raters differ from item to item: ICC(1), `icc1`.
    case oneWay
    /// Raters are a sample; absolute agreement: ICC(A, 1), `icc2`.
    case twoWayRandom
    /// These raters and no others; consistency: ICC(C, 1), `icc3`.
    case twoWayMixed
  }

  private let table: Result<TwoWayTable, UndefinedReason>

  /// Analyses ratings.
  /// - Parameter ratings: one row an item, one value a rater, all of the same length.
  public init(ratings: [[Double]]) {
    table = Result { () throws(UndefinedReason) in try TwoWayTable(ratings) }
  }

  /// The correlation.
  /// - Parameter averaged: of the mean of all raters (`icc1k` …) rather than of one.
  /// - Returns: undefined for `noCompleteItems`, `tooFewRaters`, `tooFewItems`, and where the variance it is a share of is 0:
  ///   `noVariance`.
  public func coefficient(_ model: Model, averaged: Bool = false) -> Statistic<Double> {
    switch table {
    case .failure(let reason): .undefined(reason)
    case .success(let table): coefficient(table, model, averaged)
    }
  }

  private func coefficient(_ table: TwoWayTable, _ model: Model, _ averaged: Bool) -> Statistic<Double> {
    let (n, k) = (Double(table.rows), Double(table.columns))
    let (between, error) = (table.rowSquare, model == .oneWay ? table.withinSquare : table.errorSquare)
    let raters = model == .twoWayRandom ? (table.columnSquare - error) / n : 0
    let whole = averaged ? between + raters : between + (k - 1) * error + k * raters
    return whole != 0 ? .value((between - error) / whole) : .undefined(.noVariance)
  }

  /// The interval of the correlation from F quantiles (McGraw & Wong 1996); for two-way random raters with
  /// Satterthwaite's degrees of freedom.
  /// - Parameter level: coverage, strictly between 0 and 1.
  /// - Returns: undefined where the correlation is, for raters that leave no error: `noErrorVariance`, and for two-way random
  ///   raters on items that do not differ: `noVariance`.
  public func interval(_ model: Model, averaged: Bool = false, level: Double = 0.95) -> Statistic<Interval> {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    let table: TwoWayTable
    switch self.table {
    case .failure(let reason): return .undefined(reason)
    case .success(let analysed): table = analysed
    }
    if let reason = coefficient(table, model, averaged).reason { return .undefined(reason) }
    guard (model == .oneWay ? table.withinSquare : table.errorSquare) > 0 else {
      return .undefined(.noErrorVariance)
    }
    // Of items that do not differ at all Satterthwaite's degrees of freedom are 0.
    if model == .twoWayRandom, table.rowSquare == 0 { return .undefined(.noVariance) }
    let tail = (1 - level) / 2
    let single = model == .twoWayRandom ? absolute(table, tail) : ratio(table, model, tail)
    guard averaged else { return .value(single) }
    // Spearman & Brown: the mean of k raters has k·ρ/(1 + (k − 1)ρ).
    let k = Double(table.columns)
    func stepped(_ value: Double) -> Double { k * value / (1 + (k - 1) * value) }
    return .value(Interval(low: stepped(single.low), high: stepped(single.high)))
  }

  private func ratio(_ table: TwoWayTable, _ model: Model, _ tail: Double) -> Interval {
    let (n, k) = (Double(table.rows), Double(table.columns))
    let oneWay = model == .oneWay
    let f = table.rowSquare / (oneWay ? table.withinSquare : table.errorSquare)
    let (above, below) = (n - 1, oneWay ? n * (k - 1) : (n - 1) * (k - 1))
    let low = f / fUpperQuantile(tail, numerator: above, denominator: below)
    let high = f * fUpperQuantile(tail, numerator: below, denominator: above)
    return Interval(low: (low - 1) / (low + k - 1), high: (high - 1) / (high + k - 1))
  }

  private func absolute(_ table: TwoWayTable, _ tail: Double) -> Interval {
    let (n, k) = (Double(table.rows), Double(table.columns))
    let (rows, columns, error) = (table.rowSquare, table.columnSquare, table.errorSquare)
    let rho = coefficient(table, .twoWayRandom, false).value ?? 0
    // Their a·MSC + b·MSE, both times n(1 − ρ), which keeps ρ = 1 in range.
    let a = k * rho * columns
    let b = (n * (1 + (k - 1) * rho) - k * rho) * error
    let degrees = (a + b) * (a + b) / (a * a / (k - 1) + b * b / ((n - 1) * (k - 1)))
    let lower = fUpperQuantile(tail, numerator: n - 1, denominator: degrees)
    let upper = fUpperQuantile(tail, numerator: degrees, denominator: n - 1)
    let rest = k * columns + (k * n - k - n) * error
    return Interval(
      // Divided by the quantile, which is infinite where the degrees of freedom come near 0.
      low: n * (rows / lower - error) / (rest + n * rows / lower),
      high: n * (upper * rows - error) / (rest + n * upper * rows)
    )
  }
}
