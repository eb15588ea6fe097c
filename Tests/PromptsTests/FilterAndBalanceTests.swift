import JSON
import Prompts
import TestKit
import Testing

@Suite("Script filter and balance", .timeLimit(.minutes(10)))
struct FilterAndBalanceTests {
  @Test("a prompt goes by one character of a declared script, and stays by signs that all scripts share")
  func filter() throws {
    let all = rows(["Feed the carp!", "月の鯉", "Feed 鯉", "Кормить карпа", "1 + 1 = 2 😀", "naïve e\u{301}", "ー〜", "한국"])
    func kept(_ filter: ScriptFilter) -> [Int] { filter.apply(all).kept.map(\.line) }
    #expect(kept(ScriptFilter(drop: try ScriptSet("han,hiragana,katakana,hangul"))) == [1, 4, 5, 6, 7])
    #expect(kept(ScriptFilter(drop: try ScriptSet("cjk"))) == [1, 4, 5, 6, 7])
    #expect(kept(ScriptFilter(keep: try ScriptSet("latin"))) == [1, 5, 6, 7])
    #expect(kept(ScriptFilter(keep: try ScriptSet("Latin, Cyrillic"))) == [1, 4, 5, 6, 7])
    let dropped = ScriptFilter(drop: try ScriptSet("han")).apply(all).dropped
    #expect(dropped.map(\.row.line) == [2, 3] && dropped.allSatisfy { $0.script.name == "han" })
    #expect(try ScriptSet("cjk").names == "bopomofo,han,hangul,hiragana,katakana")
  }

  @Test("a name that is no script is told with the nearest one")
  func unknown() {
    for (name, hint) in [
      ("hann", "did you mean"), ("", "no script"), ("chinese", "expected names"), ("unknown", "no script"),
    ] {
      let error = #expect(throws: ScriptError.self) { try ScriptSet(name) }
      #expect(error?.description.contains(hint) == true, "\(name): \(error?.description ?? "")")
    }
  }

  @Test("classes that differ in script, form or length are told with numbers, and those that do not are not")
  func balance() throws {
    let asking = (0..<20).map { "Where is jar \($0)?" }
    let telling = (0..<20).map { "Tell me at length, and leave nothing out, how to bring jar \($0) to the bell tower." }
    let cjk = (0..<5).map { "月の鯉 \($0)" }
    let report = try BalanceReport(telling, Array(asking[..<15]) + cjk)
    let byName = Dictionary(uniqueKeysWithValues: report.measures.map { ($0.name, $0) })
    #expect(byName["CJK"]?.values.first == 0 && byName["CJK"]?.values.second == 0.25)
    #expect(byName["question"]?.values.first == 0 && byName["question"]?.values.second == 0.75)
    #expect(byName["length"]?.difference == 0.5 && report.longerChance == 1)
    #expect(report.unbalanced.map(\.name) == ["CJK", "other scripts", "question", "length"])
    #expect(report.scripts.second.map(\.name) == ["latin", "han", "hiragana"])
    #expect(report.scripts.second.map(\.prompts) == [15, 5, 5])
    #expect(try BalanceReport(asking, asking.reversed()).unbalanced.isEmpty)
    #expect(report.json["measures"]?.array?.count == 5)
    #expect(throws: SplitError.self) { try BalanceReport([], asking) }
  }

  @Test("a question ends in a question mark of any script, whatever closes behind it")
  func questions() throws {
    let asking = ["Where?", "Where? ", "He asked: \"Where?\"", "(Where?)", "どこ？", "أين؟", "Where?»"]
    let telling = ["Here.", "Where? Here.", "", "?!", "Why"]
    let report = try BalanceReport(asking, telling)
    let question = report.measures.first { $0.name == "question" }
    #expect(question?.values.first == 1 && question?.values.second == 0)
  }
}
