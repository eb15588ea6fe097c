import Testing

@testable import Report

@Suite("Colours, coordinates and evidence", .timeLimit(.minutes(10)))
struct DrawingTests {
  private static let palettes = [("light", Palette.light), ("dark", Palette.dark)]

  @Test("Text has a contrast of 4.5 on each ground it stands on", arguments: [0, 1])
  func textContrast(theme: Int) {
    let palette = Self.palettes[theme].1
    for ground in [palette.background, palette.panel] {
      for ink in [palette.ink, palette.muted, palette.accent] { #expect(Contrast.ratio(ink, ground) >= 4.5) }
    }
    #expect(Contrast.ratio(palette.cautionInk, palette.cautionBackground) >= 4.5)
    #expect(Contrast.ratio(palette.alarmInk, palette.alarmBackground) >= 4.5)
    #expect(Contrast.ratio(palette.markInk, palette.markBackground) >= 4.5)
  }

  @Test("Every step of the scale carries readable figures", arguments: [0, 1])
  func scaleContrast(theme: Int) {
    let palette = Self.palettes[theme].1
    for color in (0..<Palette.steps).map(palette.step) + [palette.negative] {
      #expect(Contrast.ratio(palette.ink(on: color), color) >= 4.5)
    }
  }

  @Test("Lines of raters stand out from the ground by 3", arguments: [0, 1])
  func lineContrast(theme: Int) {
    let palette = Self.palettes[theme].1
    for color in palette.series { #expect(Contrast.ratio(color, palette.background) >= 3) }
  }

  @Test("The scale goes one way in brightness", arguments: [0, 1])
  func monotone(theme: Int) {
    let palette = Self.palettes[theme].1
    let ratios = (0..<Palette.steps).map { Contrast.ratio(palette.step($0), palette.background) }
    #expect(zip(ratios, ratios.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("Black on white is 21")
  func extremes() { #expect(abs(Contrast.ratio(Color(0), Color(0xffffff)) - 21) < 1e-9) }

  @Test("Coordinates have one decimal at most", arguments: [(1.0, "1"), (1.25, "1.3"), (-0.04, "0"), (270.0, "270")])
  func coordinates(value: Double, expected: String) { #expect(SVG.number(value) == expected) }

  @Test(
    "Values choose their step",
    arguments: [(0.0, "h0"), (1.0, "h10"), (0.46, "h5"), (-0.2, "neg"), (-0.001, "h0")]
  )
  func steps(value: Double, expected: String) { #expect(HeatMap.style(value) == expected) }

  @Test("No value has a style of its own")
  func noValue() { #expect(HeatMap.style(nil) == "none") }

  @Test("The first sixteen raters all differ in colour or marker")
  func styles() {
    let styles = (0..<16).map(RaterStyle.judge).map { "\($0.name) \($0.shape)" }
    #expect(Set(styles).count == 16)
  }

  @Test("Overlapping evidence is cut where it begins and ends, and the text stays whole")
  func evidence() {
    let marks = EvidenceMarks(
      [
        .init(start: 2, length: 4, note: "a"), .init(start: 4, length: 4, note: "b"),
        .init(start: 4, length: 4, note: "b"),
      ],
      end: 10
    )
    #expect(marks.pieces.map(\.range) == [0..<2, 2..<4, 4..<6, 6..<8, 8..<10])
    #expect(marks.pieces.map(\.notes) == [[], ["a"], ["a", "b"], ["b"], []])
  }

  @Test(
    "Evidence outside of the text is cut to it",
    arguments: [(-5, 3), (10, 1), (3, -2), (Int.max, Int.max), (Int.min, Int.max), (5, 0)]
  )
  func outside(start: Int, length: Int) {
    let marks = EvidenceMarks([.init(start: start, length: length, note: "a")], end: 10)
    #expect(marks.pieces.map(\.range) == [0..<10])
    #expect(marks.pieces.allSatisfy { $0.notes.isEmpty })
  }

  @Test("An empty text has no pieces")
  func emptyText() { #expect(EvidenceMarks([.init(start: 0, length: 2, note: "a")], end: 0).pieces.isEmpty) }

  @Test("Lines do not break between a number and its sign")
  func unbroken() {
    #expect(Words.unbroken("94 % and p < 0.05 or p = 1") == "94\u{a0}% and p\u{a0}<\u{a0}0.05 or p\u{a0}=\u{a0}1")
  }
}
