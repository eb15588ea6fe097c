import Testing

@Suite("Own oracles: scores", .timeLimit(.minutes(10)))
struct OwnOracleScoresTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("scores", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 40)
    #expect(tally.undefined >= 10)
  }
}
