import Prompts
import TestKit
import Testing

@Suite("Splits", .timeLimit(.minutes(10)))
struct SplitTests {
  /// Prompts of four categories of different sizes and both kinds, none like another.
  private func pool(_ count: Int, seed: UInt64 = 1) -> [PromptRow] {
    var numbers = TestNumbers(seed: seed)
    return (0..<count).map { at in
      let words = (0..<9).map { _ in String(numbers.next() % 1_000_000_007, radix: 36) }.joined(separator: " ")
      return PromptRow(
        text: "Prompt \(words)?",
        kind: at % 3 == 0 ? .harmless : .harmful,
        category: ["deceive", "break", "deceive", "frighten", "deceive", "take"][at % 6],
        place: PromptPlace(file: "p.jsonl", line: at + 1)
      )
    }
  }

  private func plan(_ evaluation: PartSize, _ direction: PartSize = .rest, seed: UInt64 = 42) -> PromptSplit.Plan {
    PromptSplit.Plan(seed: seed, evaluation: evaluation, direction: direction)
  }

  private func texts(_ rows: [PromptRow], _ split: PromptSplit, _ part: PromptPart?) -> Set<String> {
    Set(zip(rows, split.parts).filter { $0.1 == part }.map(\.0.text))
  }

  @Test("sizes are met, of each kind and each category in proportion")
  func sizes() throws {
    let rows = pool(240)
    let split = try PromptSplit(rows, plan(.count(20), .count(40)))
    for kind in PromptKind.allCases {
      #expect(zip(rows, split.parts).count { $0.0.kind == kind && $0.1 == .evaluation } == 20)
      #expect(zip(rows, split.parts).count { $0.0.kind == kind && $0.1 == .direction } == 40)
    }
    for stratum in split.strata {
      #expect(stratum.evaluation.asked == stratum.evaluation.got && stratum.direction.asked == stratum.direction.got)
      let all = stratum.name.hasPrefix("harmful") ? 160.0 : 80.0
      #expect(abs(Double(stratum.evaluation.got) - 20 * Double(stratum.count) / all) < 1)
    }
    let share = try PromptSplit(rows, plan(.share(0.25)))
    #expect(share.parts.count { $0 == .evaluation } == 60 && share.parts.count { $0 == .direction } == 180)
    let other = try PromptSplit(rows, plan(.rest, .count(40)))
    #expect(other.parts.count { $0 == .direction } == 80 && other.parts.count { $0 == .evaluation } == 160)
  }

  @Test("the same seed gives the same split in whatever order the prompts come, another seed another one")
  func seeded() throws {
    let rows = pool(120)
    let split = try PromptSplit(rows, plan(.count(15), .count(20)))
    let turned = Array(rows.reversed())
    let again = try PromptSplit(turned, plan(.count(15), .count(20)))
    for part in [PromptPart.evaluation, .direction] {
      #expect(texts(rows, split, part) == texts(turned, again, part))
    }
    let other = try PromptSplit(rows, plan(.count(15), .count(20), seed: 43))
    #expect(texts(rows, split, .evaluation) != texts(rows, other, .evaluation))
  }

  @Test("prompts added later never bring one from a part to the other", arguments: [1, 7, 60])
  func stable(added: Int) throws {
    let rows = pool(240)
    let more = rows + pool(added, seed: 99)
    let (before, after) = (
      try PromptSplit(rows, plan(.count(20), .count(40))), try PromptSplit(more, plan(.count(20), .count(40)))
    )
    #expect(texts(rows, before, .evaluation).isDisjoint(with: texts(more, after, .direction)))
    #expect(texts(rows, before, .direction).isDisjoint(with: texts(more, after, .evaluation)))
    // Where all prompts are used, each new one moves one old one of its category at most, and the sizes of the categories.
    let (whole, larger) = (try PromptSplit(rows, plan(.share(0.2))), try PromptSplit(more, plan(.share(0.2))))
    let moved = texts(rows, whole, .evaluation).symmetricDifference(texts(more, larger, .evaluation))
      .intersection(Set(rows.map(\.text)))
    #expect(moved.count <= added + whole.strata.count)
  }

  @Test("near duplicates stay together, and the parts never leak")
  func clusters() throws {
    let frames = ["", "Please: ", "Good morning. ", "  "]
    let rows = pool(60).flatMap { row in
      frames.enumerated().map { at, frame in
        var copy = row
        copy.text = at == 3 ? row.text.uppercased() : frame + row.text
        copy.place = PromptPlace(file: "p.jsonl", line: row.line * 4 + at)
        return copy
      }
    }
    let split = try PromptSplit(rows, plan(.share(0.3)))
    #expect(split.clusters == (60, 240))
    let made = split.apply(to: rows)
    let direction = made.filter { $0.split == "direction" }
    let evaluation = made.filter { $0.split == "evaluation" }
    #expect(made.count == 240 && evaluation.count > 40 && evaluation.count.isMultiple(of: 4))
    #expect(LeakCheck(direction: direction, evaluation: evaluation).isClean)
  }

  @Test("what cannot be had is told")
  func impossible() {
    func problem(_ plan: PromptSplit.Plan) -> String {
      do {
        _ = try PromptSplit(pool(30), plan)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem(plan(.count(11))) == "11 harmless prompts for evaluation asked for, and there are 10")
    #expect(problem(plan(.count(8), .count(8))).contains("8 prompts for evaluation and 8 for directions") == false)
    #expect(problem(plan(.count(8), .count(8))).contains("for evaluation and"))
    #expect(problem(plan(.share(0.7), .share(0.6))).contains("asked for, and there are"))
    for (text, size) in [("250", PartSize.count(250)), ("20%", .share(0.2)), ("0.2", .share(0.2)), ("rest", .rest)] {
      #expect(PartSize(text) == size)
    }
    for text in ["", "-1", "1.5", "120%", "all", "nan"] { #expect(PartSize(text) == nil) }
  }

  @Test("the paper's split takes 250 and 50 of each class, and needs 300")
  func paper() throws {
    let few = rows((0..<299).map { "prompt \($0)" }, kind: .harmful)
    let error = #expect(throws: SplitError.self) { try PaperSplit.apply(few) }
    #expect(error?.problem == "299 harmful prompts; the paper's split takes 250 and 50, 300 in all")
    let split = try PaperSplit.apply(rows((0..<310).map { "prompt \($0)" }, kind: .harmless))
    #expect(split.count { $0.split == "direction" } == 250 && split.count { $0.split == "evaluation" } == 50)
    var random = NumPyRandom(seed: 43)
    #expect(split.map(\.line) == random.permutation(310).prefix(300).map { $0 + 1 })
    #expect(throws: SplitError.self) { try PaperSplit.apply(rows(["a"])) }
  }
}
