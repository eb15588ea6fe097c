import JSON
import Study
import Testing

@Suite("Numbers and hidden characters as text", .timeLimit(.minutes(10)))
struct AnalysisTextTests {
  @Test(
    "Decimals are fixed and have no negative zero",
    arguments: [
      (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (-0.25, 1, "-0.3"), (12.345, 1, "12.3"), (0.05, 3, "0.050"), (7.0, 0, "7"),
      (-1.0, 2, "-1.00"),
    ]
  )
  func decimals(value: Double, places: Int, expected: String) {
    #expect(DecimalText.fixed(value, places) == expected)
  }

  @Test(
    "A share is never rounded to all or nothing",
    arguments: [
      (0.0, "0"), (1.0, "100"), (0.996, "99.6"), (0.004, "0.4"), (0.0001, "<0.1"), (0.9999, ">99.9"), (0.5, "50"),
    ]
  )
  func percent(share: Double, expected: String) { #expect(DecimalText.percent(share) == expected) }

  @Test(
    "Small p values are given as a bound",
    arguments: [(0.0004, "p < 0.001"), (0.03125, "p = 0.031"), (1.0, "p = 1.000")]
  )
  func p(value: Double, expected: String) { #expect(DecimalText.p(value) == expected) }

  @Test("Thousands are grouped", arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func grouped(value: Int, expected: String) { #expect(DecimalText.grouped(value) == expected) }

  @Test(
    "What cannot be seen is spelled out",
    arguments: [
      ("a\u{0}b", "a\\u{0}b"), ("\u{202e}evil", "\\u{202e}evil"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
      ("re\u{200b}fuse", "re\\u{200b}fuse"), ("\u{feff}", "\\u{feff}"), ("\r\n", "\\u{d}\n"), ("\u{9b}2J", "\\u{9b}2J"),
      ("\u{e0041}", "\\u{e0041}"), ("\u{ffff}", "\\u{ffff}"), ("Grüße 👩‍👧 ملح", "Grüße 👩‍👧 ملح"),
    ]
  )
  func hidden(text: String, expected: String) { #expect(VisibleText.of(text) == expected) }
}
