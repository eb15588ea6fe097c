import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Comparing a lane with edited weights", .timeLimit(.minutes(10)))
struct EditComparisonTests {
  @Test("an edit that is not the lane's is found")
  func finding() async throws {
    let fixture = try InstructFixture(.bf16)
    let prompts = try fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmful_eval", count: 10))
    let comparison = try await EditComparison.comparing(
      lane: try InstructFixture.lane(),
      on: fixture.engine,
      with: fixture.engine,
      prompts: prompts,
      newTokens: 48
    )
    #expect(comparison.promptCount == 10)
    #expect(comparison.equalAnswers < 5)
    #expect(comparison.differingShare == Double(10 - comparison.equalAnswers) / 10)
    #expect(comparison.largestLogitDifference > 1)
    #expect(!comparison.agrees())
    #expect(comparison.facts["agrees"]?.bool == false)
    #expect(comparison.facts["prompts"]?.integer == 10)
  }

  @Test("the original compared with itself has no difference at all")
  func same() async throws {
    let fixture = try InstructFixture(.f32)
    let comparison = try await EditComparison.comparing(
      lane: .none,
      on: fixture.engine,
      with: try InstructFixture(.f32).engine,
      prompts: try fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmless_eval", count: 3)),
      newTokens: 8
    )
    #expect(comparison.largestLogitDifference == 0)
    #expect(comparison.equalAnswers == 3)
    #expect(comparison.agrees(within: 0))
  }

  @Test("no prompts are no evidence")
  func none() async throws {
    let fixture = try InstructFixture(.bf16)
    await #expect(throws: DirectionError.noPrompts) {
      try await EditComparison.comparing(
        lane: .none,
        on: fixture.engine,
        with: fixture.engine,
        prompts: [],
        newTokens: 8
      )
    }
  }

  @Test("logits that are no numbers never agree")
  func notANumber() async throws {
    let fixture = try InstructFixture(.bf16)
    let wild = EditLane(direction: try InstructFixture.lane().direction, sites: [.mlpOutput], strength: .infinity)
    let comparison = try await EditComparison.comparing(
      lane: wild,
      on: fixture.engine,
      with: fixture.engine,
      prompts: [[5, 6, 7]],
      newTokens: 2
    )
    #expect(!comparison.agrees())
    #expect(comparison.facts["largest_logit_difference"] == .null)
  }

  @Test("the written directions can be read back and named by an edit file")
  func directions() async throws {
    let fixture = try InstructFixture(.bf16)
    let plan = try await EditPlan.reading(
      fixture.engine,
      harmful: try DemoFolder.prompts("harmful_train", count: 4),
      harmless: try DemoFolder.prompts("harmless_train", count: 3),
      rule: .fixed(2),
      preset: .blockWriters,
      strength: 0.5
    )
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("d.safetensors").path
      try plan.writeDirections(to: file)
      let tensors = try SafetensorsFile(path: file)
      #expect(try tensors["difference"]?.floats() == Array(plan.directions.difference.joined()))
      #expect(tensors["harmful_mean"]?.shape == [5, 128])
      #expect(tensors["harmless_mean"]?.shape == [5, 128])
      let text =
        #"{"direction": {"file": "d.safetensors"}, "sites": ["attentionOutput", "mlpOutput"], "strength": 0.5}"#
      let edit = folder.appendingPathComponent("edit.json")
      try Data(text.utf8).write(to: edit)
      let read = try EditFile(path: edit.path, for: fixture.checkpoint.model).lane
      #expect(cosine(read.direction, plan.lane.direction) > 0.999999)
      #expect(read.sites == plan.lane.sites && read.strength == plan.lane.strength)
    }
  }

  @Test("a strength that removes nothing is refused", arguments: [0, Float.nan, .infinity, -101])
  func strength(strength: Float) async throws {
    let fixture = try InstructFixture(.bf16)
    await #expect(throws: DirectionError.self) {
      try await EditPlan.reading(
        fixture.engine,
        harmful: try DemoFolder.prompts("harmful_train", count: 1),
        harmless: try DemoFolder.prompts("harmless_train", count: 1),
        rule: .fixed(2),
        preset: .allWriters,
        strength: strength
      )
    }
  }
}
