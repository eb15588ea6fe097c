import Abliteration
import Inference
import JSON
import TestKit
import Testing

@Suite("Edited replies against the reference library", .timeLimit(.minutes(10)))
struct EditedRepliesTests {
  @Test("at least 98 of the 100 replies are the reference's, letter for letter", arguments: ComputePath.exact)
  func replies(compute: ComputePath) async throws {
    let fixture = try InstructFixture(compute)
    let expected = try InstructFixture.replies()
    let answers = try await InstructFixture.answers(
      fixture.engine,
      expected.map(\.prompt),
      lane: try InstructFixture.lane()
    )
    let equal = zip(answers, expected).count { fixture.checkpoint.answerText($0) == $1.response }
    #expect(expected.count == 100)
    #expect(equal >= 98, "\(equal) of 100")
  }

  @Test("the whole way from prompts to plan finds the reference's edit")
  func plan() async throws {
    let fixture = try InstructFixture(.bf16)
    let plan = try await EditPlan.reading(
      fixture.engine,
      harmful: try DemoFolder.prompts("harmful_train", count: 128),
      harmless: try DemoFolder.prompts("harmless_train", count: 128),
      rule: .largestNorm,
      preset: .allWriters,
      strength: 1
    )
    #expect(plan.choice == LayerChoice(layer: 4, trials: []))
    #expect(cosine(plan.lane.direction, try InstructFixture.lane().direction) >= 0.99999)
    #expect(plan.targets.count == 9)
    #expect(plan.facts["layer"]?.integer == 4)
    #expect(plan.facts["edit"] == plan.lane.recipe)
    #expect(plan.facts["norms"]?.array?.count == 5)
  }
}
