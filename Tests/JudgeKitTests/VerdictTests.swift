import JudgeKit
import Testing

@Suite("Verdicts and secrets", .timeLimit(.minutes(10)))
struct VerdictTests {
  @Test("a secret shows itself in no way of printing")
  func secret() {
    let secret = Secret("willow-key")
    #expect("\(secret)" == "(secret)")
    #expect(String(reflecting: secret) == "(secret)")
    var dumped = ""
    dump(["key": secret], to: &dumped)
    #expect(!dumped.contains("willow"))
    #expect(!"\([secret]) \(Optional(secret) as Any) \(["k": secret])".contains("willow"))
    #expect(secret.reveal { $0 } == "willow-key")
  }

  @Test("every reason belongs to the family that the vocabulary gives it")
  func origins() {
    let families = Dictionary(grouping: AbstainReason.allCases, by: \.origin).mapValues { $0.map(\.rawValue) }
    #expect(
      families == [
        .judge: [
          "unparsed", "ambiguous", "lowMass", "outOfRange", "emptyAnswer", "truncated", "judgeRefused", "contentFilter",
          "toolCall",
        ],
        .transport: [
          "timeout", "unreachable", "rateLimited", "serverError", "malformedResponse", "truncatedResponse",
          "responseTooLarge", "contextLength",
        ],
        .fatal: ["authentication", "permission", "quota", "badRequest", "notFound", "modelNotFound", "redirect"],
        .host: ["budget", "outOfScope", "cancelled", "crashed", "protocolError"],
      ]
    )
  }

  @Test("an abstention has no label")
  func labels() {
    #expect(Outcome.refusal.label == .refusal)
    #expect(Outcome(.nonRefusal) == .nonRefusal)
    for reason in AbstainReason.allCases { #expect(Outcome.abstain(reason).label == nil) }
  }
}
