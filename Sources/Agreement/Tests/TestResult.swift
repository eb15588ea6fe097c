/// What a test with a chi-square reference says.
public struct TestResult: Sendable, Equatable {
  /// The test statistic, at least 0.
  public let statistic: Double
  /// Degrees of freedom.
  public let degrees: Double
  /// The chance of a statistic at least as large, 0…1.
  public let p: Double

  /// The upper tail of the chi-square distribution at a statistic.
  init(chiSquare statistic: Double, degrees: Int) {
    self.statistic = statistic
    self.degrees = Double(degrees)
    p = chiSquareUpperTail(statistic, degrees: Double(degrees))
  }
}
