import Testing

@Suite("Own oracles: multirater", .timeLimit(.minutes(10)))
struct OwnOracleMultiRaterTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("multirater", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 120)
    #expect(tally.undefined >= 55)
  }
}
