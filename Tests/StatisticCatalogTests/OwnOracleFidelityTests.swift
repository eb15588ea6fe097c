import Testing

@Suite("Own oracles: fidelity", .timeLimit(.minutes(10)))
struct OwnOracleFidelityTests {
  @Test("the answers of the reference libraries")
  func answers() throws {
    let tally = try OracleFolders.tally("fidelity", in: OracleFolders.own)
    #expect(tally.problems.isEmpty, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 100)
    #expect(tally.undefined >= 50)
  }
}
