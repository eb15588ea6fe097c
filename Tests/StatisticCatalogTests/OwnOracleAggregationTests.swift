import Testing

@Suite("Own oracles: aggregation", .timeLimit(.minutes(10)))
struct OwnOracleAggregationTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("aggregation", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 40)
    #expect(tally.undefined >= 3)
  }
}
