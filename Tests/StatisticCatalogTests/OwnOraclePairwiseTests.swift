import Testing

@Suite("Own oracles: pairwise", .timeLimit(.minutes(10)))
struct OwnOraclePairwiseTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("pairwise", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 160)
    #expect(tally.undefined >= 65)
  }
}
