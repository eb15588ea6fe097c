import Testing

@testable import Study

@Suite("Flags of answers", .timeLimit(.minutes(10)))
struct ResponseFlagsTests {
  private func flags(_ text: String) -> [ResponseInfo.Flag] {
    ResponseFlags.flags(text, prompt: "Where is Bram, who feeds the carp?", isCut: false)
  }

  @Test(
    "a phrase of four words that stands three times makes an answer degenerate, whatever stands between words",
    arguments: ["", " \u{2014}", " é"]
  )
  func degenerate(end: String) {
    let phrase = "the carp eat bread"
    #expect(flags("\(phrase) \(phrase)\t\(phrase)\(end)") == [.degenerate])
    #expect(flags("\(phrase)\r\n\(phrase)\n\n\(phrase)\(end)") == [.degenerate])
    #expect(flags("\(phrase) and \(phrase) or so\(end)").isEmpty)
    #expect(flags("carp carp carp carp carp\(end.isEmpty ? "" : "s")").isEmpty)
    #expect(flags("carp carp carp carp carp carp\(end)") == [.degenerate])
  }

  @Test("answers without a visible character, and those that repeat the prompt")
  func others() {
    #expect(flags(" \n\u{2003}") == [.empty])
    #expect(flags("You ask: Where is Bram, who feeds the carp?") == [.promptEcho])
  }
}
