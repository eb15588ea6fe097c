import Testing

/// The answers of reference libraries, made by `Tests/Oracles/statistics/make_tests.py`.
@Suite("Own oracles: tests", .timeLimit(.minutes(10)))
struct OwnOracleTestsTests {
  @Test("every case")
  func cases() throws {
    let tally = try OracleFolders.tally("tests", in: OracleFolders.own)
    let failed = tally.problems.count
    #expect(failed == 0, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 229)
    #expect(tally.undefined >= 159)
  }
}
