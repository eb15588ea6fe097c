import JSON
import Prompts
import TestKit
import Testing

/// Prompts of a made-up file, a line each.
func rows(_ texts: [String], file: String = "p.txt", kind: PromptKind? = nil) -> [PromptRow] {
  texts.enumerated().map { PromptRow(text: $1, kind: kind, place: PromptPlace(file: file, line: $0 + 1)) }
}

@Suite("Near duplicates", .timeLimit(.minutes(10)))
struct NearTests {
  private func rule(_ entry: JSONValue) throws -> NearRule {
    let length = try #require(entry["length"]?.integer)
    return NearRule(
      shingle: entry["kind"]?.string == "words" ? .words(length) : .characters(length),
      threshold: try #require(entry["threshold"]?.double)
    )
  }

  @Test("clusters and leaks are those that comparing every pair finds")
  func bruteForce() throws {
    let part = try PromptOracle.part("near")
    let texts = try #require(part["texts"]?.array?.compactMap { $0.string })
    for entry in try #require(part["cases"]?.array) {
      let rule = try rule(entry)
      let clusters = NearClusters(texts, rule: rule).clusters
      #expect(clusters == entry["clusters"]?.array?.compactMap { $0.array?.compactMap(\.integer) }, "\(rule)")
      let all = rows(texts)
      let check = LeakCheck(direction: Array(all[..<35]), evaluation: Array(all[35...]), rule: rule)
      for best in try #require(entry["best"]?.array).compactMap(\.array) {
        let at = try #require(best[0].integer)
        let leak = check.leaks.first { $0.evaluation.line == at + 1 }
        guard best[1] != 0 else {
          #expect(leak == nil, "\(rule), text \(at)")
          continue
        }
        #expect(
          leak?.matches == best[1].integer && leak?.direction.line == best[2].integer.map { $0 + 1 },
          "\(rule), text \(at)"
        )
        #expect(leak?.likeness == best[3].double && leak?.isExact == best[4].bool, "\(rule), text \(at)")
      }
    }
  }

  @Test("a leak is told with both places, how alike the texts are, and how many there are")
  func leaks() {
    let direction = rows(
      ["Where is Bram?", "How do I carry the honey jar up to the bell tower?", "Feed the carp"],
      file: "train.txt"
    )
    let evaluation = rows(
      [
        "  WHERE is\tBram? ", "Please, how do I carry the honey jar up to the bell tower?",
        "Who rings the bell at night?",
      ],
      file: "eval.txt"
    )
    let check = LeakCheck(direction: direction, evaluation: evaluation)
    #expect(check.leaks.map(\.evaluation.line) == [1, 2] && check.leaks.map(\.direction.line) == [1, 2])
    #expect(check.exactCount == 1 && check.nearCount == 1 && !check.isClean)
    #expect(check.leaks[0].problem == "this evaluation prompt also serves the direction (train.txt:1)")
    #expect(
      check.leaks[1].problem.hasPrefix("this evaluation prompt is nearly one that serves the direction (train.txt:2)")
    )
    #expect(check.summary == "2 of 3 evaluation prompts also serve the direction (1 exactly, 1 nearly)")
    #expect(check.json["leaks"]?.array?.count == 2 && check.json["exact"] == 1)
    #expect(LeakCheck(direction: direction, evaluation: Array(evaluation[2...])).isClean)
  }

  @Test("what is near is shown below 1, and texts without a character match nothing")
  func edges() {
    let words = (0..<400).map { "word\($0)" }.joined(separator: " ")
    let check = LeakCheck(direction: rows([words]), evaluation: rows([words + "!"]))
    #expect(check.leaks.first?.shownLikeness == "0.99" && check.leaks.first?.isExact == false)
    #expect(LeakCheck(direction: rows(["", "carp"]), evaluation: rows(["x"])).isClean)
    #expect(LeakCheck(direction: [], evaluation: rows(["x"])).isClean)
    #expect(NearClusters([]).clusters.isEmpty)
    #expect(NearClusters(["a", "A ", "b"]).clusters == [[0, 1], [2]])
  }

  @Test("among many prompts of one pattern each finds the one that it was made of")
  func many() {
    var numbers = TestNumbers(seed: 7)
    let texts = (0..<400).map { _ in
      "Tell me how to bring \(numbers.next() % 100_000_000) jars to house \(numbers.next() % 100_000_000) before the night"
    }
    let check = LeakCheck(direction: rows(texts), evaluation: rows(texts.map { "Hello. " + $0 }))
    #expect(check.leaks.map(\.evaluation.line) == Array(1...400))
    #expect(check.leaks.map(\.direction.line) == Array(1...400))
  }
}
