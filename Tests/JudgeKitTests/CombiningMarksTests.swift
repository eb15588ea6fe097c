import Foundation
import JudgeKit
import TestKit
import Testing

@Suite("Compatibility normalisation", .timeLimit(.minutes(10)))
struct CombiningMarksTests {
  /// Marks of many classes, such as decompose, such as have no class of their own, and letters that compose with them.
  private static let pieces: [Unicode.Scalar] = [
    "\u{300}", "\u{301}", "\u{323}", "\u{327}", "\u{344}", "\u{345}", "\u{F71}", "\u{F73}", "\u{F75}", "\u{F81}",
    "\u{3099}", "\u{FF9E}", "\u{FF9F}", "\u{5B0}", "\u{334}", "\u{1D165}",
  ]
  private static let letters = ["a", "\u{E9}", "\u{1E69}", "\u{FF76}", "\u{1100}\u{1161}", "\u{FB01}", "\u{1E9B}", ""]

  @Test("long runs of marks have the normal form of the text decomposed character by character")
  func same() {
    var random = TestNumbers(seed: 3)
    for round in 0..<300 {
      var text = String.UnicodeScalarView()
      for _ in 0..<3 {
        text += Self.letters[Int(random.next() % UInt64(Self.letters.count))].unicodeScalars
        for _ in 0..<(random.next() % 150) { text.append(Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]) }
      }
      let found = CombiningMarks.compatibilityComposed(String(text))
      let decomposed = text.map { String($0).decomposedStringWithCompatibilityMapping }.joined()
      let wanted = decomposed.precomposedStringWithCanonicalMapping
      #expect(Array(found.unicodeScalars) == Array(wanted.unicodeScalars), "round \(round)")
    }
  }

  @Test(
    "a megabyte of marks takes no hour",
    arguments: ["\u{301}\u{323}", "\u{FF9E}\u{301}", "\u{F73}", "\u{3099}"]
  )
  func linear(unit: String) {
    // What is not linear meets the suite's time limit here.
    let text = "\u{E1}" + String(repeating: unit, count: (1 << 20) / unit.utf8.count)
    #expect(!CombiningMarks.compatibilityComposed(text).isEmpty)
    for parser in AnswerParser.all where parser.readsEverything {
      #expect(parser.read(text).outcome.label != nil)
    }
  }
}
