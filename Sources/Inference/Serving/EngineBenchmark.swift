/// How fast a checkpoint reads prompts and decodes, on one arithmetic.
public struct EngineBenchmark: Sendable {
  /// One measurement.
  public struct Row: Sendable {
    /// `prompt`, or `decode` with its batch.
    public let task: String
    /// Sequences at once.
    public let batch: Int
    /// Tokens a second, the median of the repetitions.
    public let tokensPerSecond: Double
  }

  /// Measures prompts of `promptTokens` ids and decoding of `newTokens`, at each batch.
  /// - Parameter repetitions: runs behind each median, after one that does not count.
  /// - Throws: ``EngineError``, or `CancellationError`.
  public static func measure(
    _ engine: Engine,
    batches: [Int],
    promptTokens: Int = 64,
    newTokens: Int = 32,
    repetitions: Int = 5
  ) async throws -> [Row] {
    let vocabulary = engine.checkpoint.model.vocabularySize
    func request(_ index: Int, new: Int) -> GenerationRequest {
      // Ids spread over the vocabulary: the arithmetic does not care which.
      let tokens = (0..<promptTokens).map { Int32((index * 31 + $0 * 7) % vocabulary) }
      return GenerationRequest(
        tokens: tokens,
        lane: .none,
        settings: GenerationSettings(maximumNewTokens: new),
        stopTokens: []
      )
    }
    func median(_ work: () async throws -> Void) async throws -> Double {
      try await work()
      var times: [Double] = []
      for _ in 0..<max(1, repetitions) {
        let start = ContinuousClock.now
        try await work()
        times.append((ContinuousClock.now - start) / .seconds(1))
      }
      return times.sorted()[times.count / 2]
    }
    var rows: [Row] = []
    for batch in batches {
      // One new token costs the prompts and nothing else: the first token comes from the prompt's own logits.
      let reading = try await median {
        _ = try await engine.generate((0..<batch).map { request($0, new: 1) })
      }
      let whole = try await median {
        _ = try await engine.generate((0..<batch).map { request($0, new: newTokens) })
      }
      let decoded = Double(batch * (newTokens - 1))
      rows.append(Row(task: "prompt", batch: batch, tokensPerSecond: Double(batch * promptTokens) / reading))
      rows.append(Row(task: "decode", batch: batch, tokensPerSecond: decoded / max(whole - reading, 1e-9)))
    }
    return rows
  }
}
