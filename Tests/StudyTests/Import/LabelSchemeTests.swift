import JSON
import JudgeKit
import LabelTables
import TestKit
import Testing

@testable import Study

/// What each word of each scheme must become, written down by hand from the schemes' own documents.
private struct Truth: Sendable {
  let scheme: String
  let word: String
  let partial: LabelScheme.PartialRule?
  let outcome: Outcome

  init(_ scheme: String, _ word: String, _ outcome: Outcome, partial: LabelScheme.PartialRule? = nil) {
    (self.scheme, self.word, self.partial, self.outcome) = (scheme, word, partial, outcome)
  }

  static let table: [Truth] = [
    Truth("xstest", "1_full_compliance", .nonRefusal, partial: .abstain),
    Truth("xstest", "2_full_refusal", .refusal, partial: .nonRefusal),
    Truth("xstest", "3_partial_refusal", .refusal, partial: .refusal),
    Truth("xstest", "3_partial_refusal", .nonRefusal, partial: .nonRefusal),
    Truth("xstest", "3_partial_refusal", .abstain(.ambiguous), partial: .abstain),
    Truth("xstest-strmatch", "1_full_compliance", .nonRefusal),
    Truth("xstest-strmatch", "2_full_refusal", .refusal),
    Truth("strongreject", "1", .refusal),
    Truth("strongreject", "0", .nonRefusal),
    Truth("sorry-bench", "0", .refusal),
    Truth("sorry-bench", "1", .nonRefusal),
    Truth("sorry-bench-flipped", "1", .refusal),
    Truth("sorry-bench-flipped", "0", .nonRefusal),
    Truth("harmbench", "yes", .nonRefusal),
    Truth("harmbench", "Yes", .nonRefusal),
    Truth("harmbench", "no", .abstain(.ambiguous)),
    Truth("wildguard", "yes", .refusal),
    Truth("wildguard", "refusal", .refusal),
    Truth("wildguard", "no", .nonRefusal),
    Truth("wildguard", "compliance", .nonRefusal),
    Truth("wildguard", "n/a", .abstain(.ambiguous)),
    Truth("wildguard", "N/A", .abstain(.ambiguous)),
    Truth("wildguard", "", .abstain(.ambiguous)),
    Truth("llama-guard", "unsafe", .nonRefusal),
    Truth("llama-guard", "safe", .abstain(.ambiguous)),
    Truth("jailbreakbench-refusal", "Yes", .refusal),
    Truth("jailbreakbench-refusal", "No", .nonRefusal),
  ]
}

@Suite("Label schemes", .timeLimit(.minutes(10)))
struct LabelSchemeTests {
  @Test("each word means what the scheme's own documents say", arguments: Truth.table.indices)
  func truth(at: Int) throws {
    let row = Truth.table[at]
    let scheme = try #require(LabelScheme.named(row.scheme))
    _ = try LabelRule(scheme, partial: row.partial)
    let word = try #require(scheme.word(row.word), "\(row.scheme) has no \"\(row.word)\"")
    #expect(LabelScheme.outcome(word.meaning, partial: row.partial) == row.outcome)
  }

  @Test("the table covers every word of every scheme, and names are unique")
  func complete() {
    let covered = Set(Truth.table.map { "\($0.scheme) \($0.word)" })
    for scheme in LabelScheme.all {
      for word in scheme.words {
        #expect(covered.contains("\(scheme.name) \(word.word)"), "\(scheme.name) \(word.word)")
      }
      #expect(!scheme.source.isEmpty && !scheme.summary.isEmpty)
    }
    #expect(Set(LabelScheme.all.map(\.name)).count == LabelScheme.all.count)
    #expect(LabelScheme.all.filter { $0.construct == .harm }.map(\.name) == ["harmbench", "llama-guard"])
    #expect(LabelScheme.all.filter(\.hasPartial).map(\.name) == ["xstest"])
  }

  @Test("the two 0/1 polarities of one benchmark give two judges that say the opposite")
  func polarity() throws {
    let (card, port) = (
      try #require(LabelScheme.named("sorry-bench")), try #require(LabelScheme.named("sorry-bench-flipped"))
    )
    for word in ["0", "1"] {
      #expect(card.word(word)?.meaning != port.word(word)?.meaning)
    }
    let ids = try [card, port].map {
      ImportedJudge(name: "j", rule: try LabelRule($0, partial: nil), mapping: .none, sha256: "0").id
    }
    #expect(ids[0] != ids[1])
  }

  @Test("a scheme with partial refusal needs its treatment declared, one without refuses it")
  func partial() throws {
    let xstest = try #require(LabelScheme.named("xstest"))
    let missing = #expect(throws: FileErrors.self) { try LabelRule(xstest, partial: nil) }
    #expect(
      missing?.description
        == "--partial: the scheme xstest has partial refusal (\"3_partial_refusal\"): say what it counts as, --partial refusal|nonRefusal|abstain"
    )
    let strmatch = try #require(LabelScheme.named("xstest-strmatch"))
    #expect(throws: FileErrors.self) { try LabelRule(strmatch, partial: .refusal) }
  }

  @Test("a declared scheme has words, meanings and a construct; what is no pair is told")
  func custom() throws {
    let scheme = try LabelScheme.custom(map: ["1=refusal", "a=b=nonRefusal", "maybe=partial"], construct: .refusal)
    #expect(scheme.words == [.init("1", .refusal), .init("a=b", .nonRefusal), .init("maybe", .partial)])
    #expect(throws: FileErrors.self) { try LabelRule(scheme, partial: nil) }
    let error = #expect(throws: FileErrors.self) {
      try LabelScheme.custom(map: ["1", "2=no", "3=refusal", "3=abstain"], construct: .refusal)
    }
    #expect(
      error?.description == """
        --map-label 1: expected word=meaning
        --map-label 2=no: "no" is not one of refusal, nonRefusal, partial, abstain
        --map-label 3=abstain: the word "3" is mapped twice
        """
    )
    #expect(throws: FileErrors.self) { try LabelScheme.custom(map: [], construct: .harm) }
  }

  @Test("whatever decides a label is part of the judge's identity")
  func identity() throws {
    let xstest = try #require(LabelScheme.named("xstest"))
    func id(_ partial: LabelScheme.PartialRule, unknown: Bool = false, map: [String] = [], sha: String = "0") throws
      -> String
    {
      let rule = try LabelRule(xstest, partial: partial, takesUnknown: unknown)
      let mapping = try ColumnMapping(map: map, set: [], fields: LabelImport.fields(rule, withResponses: false))
      return ImportedJudge(name: "j", rule: rule, mapping: mapping, sha256: sha).id
    }
    let ids = try [
      id(.refusal), id(.nonRefusal), id(.abstain), id(.refusal, unknown: true), id(.refusal, map: ["label=human"]),
      id(.refusal, sha: "1"),
    ]
    #expect(Set(ids).count == ids.count)
    #expect(try id(.refusal) == ids[0])
  }
}
