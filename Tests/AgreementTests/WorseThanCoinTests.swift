import Agreement
import Testing

@Suite("A rate corrected for a judge who does worse than a coin", .timeLimit(.minutes(10)))
struct WorseThanCoinTests {
  private func corrected(_ tp: Int, _ fn: Int, _ fp: Int, _ tn: Int, _ worse: Bool) -> Statistic<RoganGladen> {
    roganGladen(
      truePositives: tp,
      falseNegatives: fn,
      falsePositives: fp,
      trueNegatives: tn,
      judgedPositives: 30,
      judged: 40,
      worseThanCoin: worse
    )
  }

  @Test("is undefined, unless the formula is asked for")
  func askedFor() {
    #expect(corrected(1, 3, 6, 2, false) == .undefined(.judgeNotInformative))
    // (0.75 + 0.25 − 1)/(0.25 + 0.25 − 1) = 0, and the variance of q alone and of the specificity: q(1 − q)/40 + sp(1 − sp)/8.
    let found = corrected(1, 3, 6, 2, true).value
    #expect(found?.unclipped == 0 && found?.estimate == 0)
    let error = (0.1875 / 40 + 0.1875 / 8).squareRoot() / 0.5
    #expect(abs((found?.standardError ?? 0) - error) < 1e-15)
  }

  @Test("says the opposite of a judge who does better by as much")
  func mirrored() throws {
    let worse = try #require(corrected(1, 4, 5, 2, true).value)
    let better = try #require(
      roganGladen(
        truePositives: 4,
        falseNegatives: 1,
        falsePositives: 2,
        trueNegatives: 5,
        judgedPositives: 10,
        judged: 40
      ).value
    )
    #expect(abs(worse.unclipped - better.unclipped) < 1e-14)
    #expect(abs(worse.standardError - better.standardError) < 1e-14)
  }

  @Test("does not exist on the very line")
  func line() {
    for worse in [false, true] { #expect(corrected(2, 2, 4, 4, worse) == .undefined(.judgeNotInformative)) }
  }
}
