import Inference
import TestKit
import Testing

@Suite("Edit lanes", .timeLimit(.minutes(10)))
struct EditLaneTests {
  /// Edits of different sites, layers and strengths.
  private static var lanes: [EditLane] {
    get throws {
      [
        try DemoFixture.lane(),
        try DemoFixture.lane(sites: [.attentionOutput, .mlpOutput]),
        try DemoFixture.lane(sites: [.mlpOutput], layers: 1...2, strength: 0.5),
        try DemoFixture.lane(sites: [.embedding], strength: -1),
      ]
    }
  }

  @Test(
    "a lane and the same edit in the weights are one function",
    arguments: ComputePath.exact,
    Array(0..<4)
  )
  func laneIsWeights(compute: ComputePath, which: Int) async throws {
    let lane = try Self.lanes[which]
    let fixture = try DemoFixture("instruct", compute: compute)
    let edited = try DemoFixture("instruct", compute: compute, weightEdit: lane).checkpoint
    #expect(edited.weightEdit == lane)
    let (one, other) = (try Engine(fixture.checkpoint, threads: 2), try Engine(edited, threads: 2))
    let prompts = try fixture.prompts()
    for ids in prompts[2..<5] {
      let a = try await one.forward([LaneTokens(ids, lane: lane)])
      let b = try await other.forward([LaneTokens(ids, lane: .none)])
      #expect(largestDifference(a.logits, b.logits) <= 1e-3)
      #expect(largestDifference(a.residual, b.residual) <= 1e-3)
    }
    #expect(try await one.greedy(prompts, lane: lane) == other.greedy(prompts))
  }

  @Test(
    "the edit of all writers leaves nothing of the direction in any residual stream",
    arguments: ComputePath.exact
  )
  func removes(compute: ComputePath) async throws {
    let fixture = try DemoFixture("instruct", compute: compute)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let lane = try DemoFixture.lane()
    let prompts = try fixture.prompts()
    func along(_ lane: EditLane) async throws -> Float {
      let streams = try await engine.residuals(prompts.map { LaneTokens($0, lane: lane) })
      return streams.joined().map { abs(zip($0, lane.direction).reduce(0) { $0 + $1.0 * $1.1 }) }.max() ?? 0
    }
    #expect(try await along(lane) < 1e-4)
    #expect(try await along(DemoFixture.lane(sites: [.embedding])) > 1)
  }

  @Test("no strength, no site or no direction is the original, bit for bit")
  func nothing() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let ids = try fixture.prompts()[0]
    let original = try await engine.forward([LaneTokens(ids, lane: .none)]).logits
    for lane in [
      try DemoFixture.lane(strength: 0), try DemoFixture.lane(sites: []),
      EditLane(direction: [Float](repeating: 0, count: 128), sites: [.mlpOutput]),
    ] {
      #expect(lane.isNone)
      #expect(try await engine.forward([LaneTokens(ids, lane: lane)]).logits == original)
    }
    #expect(try await engine.forward([LaneTokens(ids, lane: DemoFixture.lane())]).logits != original)
  }

  @Test("a direction is normalised and the matrix edits do what the formula says")
  func formulas() {
    let lane = EditLane(direction: [3, 0, 4], sites: [.mlpOutput], strength: 1)
    #expect(largestDifference(lane.direction, [0.6, 0, 0.8]) < 1e-7)
    // W − r(rᵀW) of a [3, 2] matrix; by hand, rᵀW = (0.6 + 4, 1.2 + 4.8) = (4.6, 6).
    let writer = lane.editingWriter([1, 2, 3, 4, 5, 6], out: 3, in: 2)
    #expect(largestDifference(writer, [1 - 2.76, 2 - 3.6, 3, 4, 5 - 3.68, 6 - 4.8]) < 1e-6)
    // e − (e·r) r with e·r = 0.6 + 2.4 = 3.
    let rows = lane.editingRows([1, 2, 3], count: 1)
    #expect(largestDifference(rows, [1 - 1.8, 2, 3 - 2.4]) < 1e-6)
  }
}
