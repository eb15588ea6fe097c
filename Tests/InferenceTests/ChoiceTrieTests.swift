import Foundation
import Inference
import TestKit
import Testing

@testable import Inference

@Suite("Choices as a trie", .timeLimit(.minutes(10)))
struct ChoiceTrieTests {
  /// Choices that share beginnings, end inside each other, repeat, and branch at every depth.
  private static let sets: [[[Int32]]] = [
    [[1, 2, 3], [1, 2, 4], [1, 5], [6]], [[7]], [[], [1]], [[1, 2], [1, 2, 3, 4], [1, 2, 3, 5, 6], [1, 2]],
    [[1, 2, 3, 4, 5], [1, 2, 3, 9, 5], [1, 8, 3, 4], [1, 8, 3, 7, 7], [2, 2, 2], [2, 2, 3, 3], [2, 4, 4, 4]], [],
  ]

  @Test("a chain never needs what an earlier one has overwritten", arguments: sets.indices)
  func chains(set: Int) {
    let trie = ChoiceTrie(Self.sets[set])
    // What stands in one cache, position by position; the prefix lies before it.
    var cache: [Int] = []
    var fed: Set<Int> = []
    for chain in trie.chains {
      for node in chain {
        let depth = trie.nodes[node].depth
        #expect(cache.count >= depth - 1)
        cache = Array(cache.prefix(depth - 1)) + [node]
        for (above, below) in zip(cache, cache.dropFirst()) { #expect(trie.nodes[above].children.contains(below)) }
        #expect(fed.insert(node).inserted)
      }
    }
    let needed = trie.nodes.indices.dropFirst().filter { !trie.nodes[$0].children.isEmpty }
    #expect(fed == Set(needed))
    #expect(trie.ends.count == Self.sets[set].count)
  }

  /// Logits of a sequence as probabilities, from one plain pass without the engine's scoring.
  private static func probabilities(_ engine: Engine, _ tokens: [Int32], _ lane: EditLane) async throws -> [Double] {
    let logits = try await engine.forward([LaneTokens(tokens, lane: lane)]).logits
    let row = logits.suffix(engine.checkpoint.model.vocabularySize).map(Double.init)
    let top = row.max() ?? 0
    let total = row.reduce(0) { $0 + exp($1 - top) }
    return row.map { exp($0 - top) / total }
  }

  @Test("what the choices get and what they leave is what a full enumeration says", arguments: sets.indices.dropLast())
  func enumeration(set: Int) async throws {
    try await Folders.temporary { folder in
      try WideModel.write(to: folder)
      let checkpoint = try LanguageCheckpoint(folder: folder.path, compute: .f32)
      let engine = try Engine(checkpoint, threads: 2)
      let choices = Self.sets[set]
      let lane = EditLane(direction: WideModel.direction(), sites: [.mlpOutput])
      let prefixes = [LaneTokens(WideModel.tokens(19), lane: .none), LaneTokens(WideModel.tokens(23), lane: lane)]
      let found = try await engine.scoreContinuations(prefixes, choices: choices)
      for (prefix, scores) in zip(prefixes, found) {
        // Walks every beginning of a choice and every token of the vocabulary behind it.
        var outside = [Double](repeating: 0, count: choices.map(\.count).max() ?? 0)
        func walk(_ path: [Int32], _ mass: Double) async throws {
          if choices.contains(path) {
            for (at, choice) in choices.enumerated() where choice == path {
              #expect(abs(exp(scores.logProbabilities[at]) - mass) < 1e-6, "\(path)")
            }
          }
          guard choices.contains(where: { $0.count > path.count && $0.starts(with: path) }) else { return }
          let next = try await Self.probabilities(engine, prefix.tokens + path, prefix.lane)
          for (token, probability) in next.enumerated() {
            let longer = path + [Int32(token)]
            if choices.contains(where: { $0.starts(with: longer) }) {
              try await walk(longer, mass * probability)
            } else if !choices.contains(where: { path.starts(with: $0) }) {
              outside[path.count] += mass * probability
            }
          }
        }
        try await walk([], 1)
        #expect(scores.outside.count == outside.count)
        for (got, wanted) in zip(scores.outside, outside) { #expect(abs(got - wanted) < 1e-6) }
        // Choices that end inside others count once.
        let outer = Set(choices.filter { choice in !choices.contains { $0 != choice && choice.starts(with: $0) } })
        let inside = outer.reduce(0.0) { sum, choice in
          sum + exp(scores.logProbabilities[choices.firstIndex(of: choice) ?? 0])
        }
        #expect(abs(inside + scores.outside.reduce(0, +) - 1) < 1e-6)
      }
    }
  }

  @Test("all tokens of the vocabulary together get everything")
  func everything() async throws {
    let checkpoint = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(checkpoint.checkpoint, threads: 1)
    let all = (0..<checkpoint.checkpoint.model.vocabularySize).map { [Int32($0)] }
    let scores = try await engine.scoreContinuations(
      [LaneTokens(try checkpoint.prompts()[0], lane: .none)],
      choices: all
    )
    let sum = try #require(scores.first).logProbabilities.reduce(0) { $0 + exp($1) }
    #expect(abs(sum - 1) < 1e-9)
    #expect(scores.first?.outside == [0])
  }

  @Test("without choices there is nothing to score")
  func nothing() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 1)
    let scores = try await engine.scoreContinuations([LaneTokens([5, 6], lane: .none)], choices: [])
    #expect(scores == [ContinuationScores(logProbabilities: [], outside: [])])
  }

  @Test("choices together and alone, shared or not, give the same bits", arguments: RunningWay.all)
  func sameBits(way: RunningWay) async throws {
    let fixture = try DemoFixture("instruct", compute: way.compute)
    let engine = try way.engine(fixture.checkpoint)
    let choices: [[Int32]] = [[40, 41, 2], [40, 41, 42, 2], [40, 7], [500, 2], [500, 2, 9]]
    let prompts = try fixture.prompts().map { LaneTokens($0, lane: .none) }
    let together = try await engine.score(prompts, choices: choices)
    for (at, choice) in choices.enumerated() {
      #expect(try await engine.score(prompts, choices: [choice]).map { $0[0] } == together.map { $0[at] })
    }
  }
}

@Suite("Beginnings that prompts share", .timeLimit(.minutes(10)))
struct SharedPrefixTests {
  private static func engine(_ way: RunningWay, _ checkpoint: LanguageCheckpoint, shares: Bool) throws -> Engine {
    var limits = Engine.Limits()
    limits.sequences = way.sequences
    limits.rows = way.rows
    limits.sharesPrefixes = shares
    return try Engine(checkpoint, threads: way.threads, limits: limits, instructions: way.instructions)
  }

  /// Prompts under three edits that begin with the same 16 to 40 tokens; one is the beginning of another.
  private static func prompts(_ fixture: DemoFixture, beginning: Int) throws -> [LaneTokens] {
    let lanes = [EditLane.none, try DemoFixture.lane(), try DemoFixture.lane(sites: [.mlpOutput], strength: 0.5)]
    let start = (0..<beginning).map { Int32(($0 * 37) % 900 + 10) }
    let tails: [[Int32]] = [[3], [3, 4], [3, 4, 5]] + (try fixture.prompts())
    return tails.enumerated().map { LaneTokens(start + $1, lane: lanes[$0 % 3]) }
  }

  @Test("a shared beginning changes no bit of scores and answers", arguments: RunningWay.all)
  func sameBits(way: RunningWay) async throws {
    let fixture = try DemoFixture("instruct", compute: way.compute)
    let (alone, shared) = (
      try Self.engine(way, fixture.checkpoint, shares: false), try Self.engine(way, fixture.checkpoint, shares: true)
    )
    for beginning in [15, 17, 32] {
      let prompts = try Self.prompts(fixture, beginning: beginning)
      let choices: [[Int32]] = [[40, 41, 2], [40, 9, 2], [2]]
      #expect(
        try await alone.scoreContinuations(prompts, choices: choices)
          == shared.scoreContinuations(prompts, choices: choices)
      )
      let requests = prompts.enumerated().map { index, prompt in
        GenerationRequest(
          tokens: prompt.tokens,
          lane: prompt.lane,
          settings: GenerationSettings(maximumNewTokens: 6, temperature: index % 2 == 0 ? 0 : 1.2, seed: 3),
          stopTokens: fixture.checkpoint.stopTokens,
          stream: UInt64(index)
        )
      }
      #expect(try await alone.generate(requests) == shared.generate(requests))
    }
  }

  @Test("only sequences under one edit share, never their last token, and short beginnings are left alone")
  func groups() throws {
    let lane = EditLane(direction: [1, 0], sites: [.mlpOutput])
    let start = Array(Int32(0)..<20)
    let groups = SharedPrefixes.groups([
      LaneTokens(start + [30, 31], lane: .none), LaneTokens(start, lane: .none), LaneTokens(start + [40], lane: lane),
      LaneTokens(start + [30], lane: .none),
    ])
    #expect(groups.map(\.members) == [[0, 1, 3]])
    #expect(groups.map(\.tokens) == [Array(Int32(0)..<19)])
    let short = Array(Int32(0)..<10)
    #expect(
      SharedPrefixes.groups([LaneTokens(short + [1], lane: .none), LaneTokens(short + [2], lane: .none)]).isEmpty
    )
    #expect(SharedPrefixes.groups([]).isEmpty)
  }
}
