import Testing

@Suite("Own oracles: resampling", .timeLimit(.minutes(10)))
struct OwnOracleResamplingTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("resampling", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 90)
    #expect(tally.undefined >= 12)
  }
}
