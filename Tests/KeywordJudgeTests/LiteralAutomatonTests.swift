import TestKit
import Testing

@testable import KeywordJudge

@Suite("Literal search", .timeLimit(.minutes(10)))
struct LiteralAutomatonTests {
  /// Every occurrence by looking at every place.
  private func naive(_ literals: [String], _ text: [Unicode.Scalar], _ letterCase: LetterCase) -> Set<[Int]> {
    var found: Set<[Int]> = []
    let text = text.map(letterCase.representative)
    for (index, literal) in literals.enumerated() {
      let scalars = literal.unicodeScalars.map(letterCase.representative)
      for start in text.indices where start + scalars.count <= text.count {
        if text[start..<(start + scalars.count)].elementsEqual(scalars) {
          found.insert([index, start, start + scalars.count])
        }
      }
    }
    return found
  }

  @Test("finds what looking at every place finds", arguments: [LetterCase.sensitive, .fold, .lower, .pythonIgnoreCase])
  func oracle(letterCase: LetterCase) throws {
    var random = TestNumbers(seed: 11)
    let letters = ["a", "b", "A", "s", "ſ", "İ", "i", "é", "É", "'", "🧵", "\u{212A}", "k"]
    func word(_ most: Int) -> String {
      (0..<(1 + Int(random.next() % UInt64(most)))).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
        .joined()
    }
    for _ in 0..<200 {
      let literals = (0..<(1 + Int(random.next() % 6))).map { _ in word(4) }
      let text = Array(word(40).unicodeScalars)
      var found: Set<[Int]> = []
      var end = 0
      try LiteralAutomaton(literals, letterCase: letterCase).occurrences(in: text) { literal, range in
        #expect(found.insert([literal, range.lowerBound, range.upperBound]).inserted)
        #expect(range.upperBound >= end)
        end = range.upperBound
      }
      #expect(found == naive(literals, text, letterCase))
    }
  }

  @Test("every character stands for itself")
  func plain() throws {
    var found: [Range<Int>] = []
    try LiteralAutomaton(["a.*(b)"], letterCase: .fold).occurrences(in: KeywordBench.scalars("axxb xA.*(B)")) {
      found.append($1)
    }
    #expect(found == [6..<12])
  }

  @Test("lists that would need too much memory are refused")
  func tooLong() {
    let letters = (0x4E00..<0x5E00).compactMap(Unicode.Scalar.init).map(String.init).joined()
    #expect(throws: PatternError.self) { try LiteralAutomaton([letters, letters + "a"], letterCase: .fold) }
  }

  @Test("lists of which too many entries end at one character are refused: each is heard of there")
  func nested() throws {
    let literals = (1...201).map { String(repeating: "a", count: $0) }
    _ = try LiteralAutomaton(Array(literals.dropLast()), letterCase: .fold)
    #expect(throws: PatternError(problem: "more than 200 phrases end alike; leave out the longer ones")) {
      try LiteralAutomaton(literals, letterCase: .fold)
    }
  }
}
