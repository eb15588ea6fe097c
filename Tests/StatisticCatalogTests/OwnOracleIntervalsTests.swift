import Testing

/// The answers of reference libraries, made by `Tests/Oracles/statistics/make_intervals.py`.
@Suite("Own oracles: intervals", .timeLimit(.minutes(10)))
struct OwnOracleIntervalsTests {
  @Test("every case")
  func cases() throws {
    let tally = try OracleFolders.tally("intervals", in: OracleFolders.own)
    let failed = tally.problems.count
    #expect(failed == 0, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 158)
    #expect(tally.undefined >= 22)
  }
}
