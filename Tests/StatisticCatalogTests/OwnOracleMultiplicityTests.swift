import Testing

/// The answers of reference libraries, made by `Tests/Oracles/statistics/make_multiplicity.py`.
@Suite("Own oracles: multiplicity", .timeLimit(.minutes(10)))
struct OwnOracleMultiplicityTests {
  @Test("every case")
  func cases() throws {
    let tally = try OracleFolders.tally("multiplicity", in: OracleFolders.own)
    let failed = tally.problems.count
    #expect(failed == 0, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed >= 48)
  }
}
