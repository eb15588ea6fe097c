import Testing

@Suite("Own oracles: estimation", .timeLimit(.minutes(10)))
struct OwnOracleEstimationTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("estimation", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 130)
    #expect(tally.undefined >= 90)
  }
}
