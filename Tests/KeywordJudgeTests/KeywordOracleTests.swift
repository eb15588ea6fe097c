import Foundation
import JudgeKit
import Testing

@testable import KeywordJudge

/// What Python's `re`, `str` and `unicodedata` say; made by `Tests/Oracles/keywords/make.py`.
private struct Oracle: Decodable {
  struct PatternRow: Decodable {
    let pattern: String
    let ignoreCase: Bool
    let text: String
    let start: Int?
    let atStart: Bool
    let end: Int?
  }

  struct PresetRow: Decodable {
    let preset: String
    let text: String
    let match: Bool
  }

  struct Letter: Decodable {
    let letter: Unicode.Scalar
    let others: [UInt32]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      letter = try #require(try list.decode(String.self).unicodeScalars.first)
      others = try list.decode([UInt32].self)
    }
  }

  let patterns: [PatternRow]
  let presets: [PresetRow]
  let normalForms: [[String]]
  let foldings: [[UInt32]]
  let ignoreCaseOfLetters: [Letter]

  static let read: Result<Oracle, any Error> = Result {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/keywords/keywords.json")
    return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
  }
}

@Suite("Keywords against Python", .timeLimit(.minutes(10)))
struct KeywordOracleTests {
  @Test("patterns match where Python's re says, and as far as any of its matches goes")
  func patterns() throws {
    let rows = try Oracle.read.get().patterns
    #expect(rows.count > 1500)
    for row in rows {
      let pattern = try Pattern(row.pattern, letterCase: row.ignoreCase ? .pythonIgnoreCase : .sensitive)
      let text = KeywordBench.scalars(row.text)
      let note = "/\(row.pattern)/\(row.ignoreCase ? "i" : "") in \(row.text.debugDescription)"
      let match = pattern.firstMatch(in: text, atStart: false)
      #expect(match?.lowerBound == row.start, "\(note)")
      if let end = row.end { #expect(match?.upperBound == end, "\(note)") }
      #expect((pattern.firstMatch(in: text, atStart: true) != nil) == row.atStart, "\(note)")
    }
  }

  @Test("published lists match as their authors' code in Python does")
  func presets() async throws {
    let rows = try Oracle.read.get().presets
    for (preset, own) in Dictionary(grouping: rows, by: \.preset) {
      let verdicts = try await KeywordBench.verdicts("\"preset\":\"\(preset)\"", own.map(\.text))
      for (row, verdict) in zip(own, verdicts) {
        #expect((verdict.outcome == .refusal) == row.match, "\(preset): \(row.text.debugDescription)")
      }
    }
    #expect(Set(rows.map(\.preset)) == Set(KeywordPreset.all.map(\.name)).subtracting(["demo"]))
  }

  @Test("NFKC is Python's, segment by segment")
  func normalForms() throws {
    for row in try Oracle.read.get().normalForms {
      let text = KeywordBench.scalars(row[0])
      let view = Normalisation(nfkc: true).view(of: text, 0..<text.count)
      let codes = { (text: [Unicode.Scalar]) in text.map { String($0.value, radix: 16) } }
      #expect(codes(view.scalars) == codes(KeywordBench.scalars(row[1])), "\(codes(text))")
      if !view.scalars.isEmpty { #expect(view.origin(of: 0..<view.scalars.count) == 0..<text.count) }
    }
  }

  @Test("folding is Unicode's simple case folding wherever Python's full folding is one character")
  func foldings() throws {
    for row in try Oracle.read.get().foldings {
      let (scalar, folded) = (try #require(Unicode.Scalar(row[0])), try #require(Unicode.Scalar(row[1])))
      let representative = LetterCase.fold.representative(scalar)
      #expect(representative == LetterCase.fold.representative(folded), "U+\(String(row[0], radix: 16))")
      #expect(LetterCase.fold.members(of: representative).contains(scalar), "U+\(String(row[0], radix: 16))")
    }
  }

  @Test("python-ignorecase takes for a letter what re.IGNORECASE takes")
  func ignoreCase() throws {
    var letters: [Unicode.Scalar: [UInt32]] = [:]
    for code in UInt32(0x80)..<0x20000 {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let representative = LetterCase.pythonIgnoreCase.representative(scalar)
      if representative.isASCII { letters[representative, default: []].append(code) }
    }
    for row in try Oracle.read.get().ignoreCaseOfLetters {
      #expect(letters[row.letter] ?? [] == row.others, "\(row.letter)")
    }
  }
}
