public import Inference
internal import Tensors

/// The refusal direction as the code of arXiv 2510.02768 reads it, rounding by rounding.
///
/// x is what the head reads (after the final norm) at the last token of the generation prompt, rounded to bfloat16. Means run
/// over a class in its order, m ← m + (x − m) / n, and the direction is (m_harmful − m_harmless) / ‖·‖; every operation
/// rounds its result to bfloat16. The same activations give the same bits as that code; activations themselves are computed
/// with float32 here, not with bfloat16.
public struct PaperDirection: Sendable, Equatable {
  /// Mean of the harmful prompts, [D], bfloat16 numbers.
  public let harmfulMean: [Float]
  /// Mean of the harmless prompts, [D], bfloat16 numbers.
  public let harmlessMean: [Float]
  /// Their difference, [D], bfloat16 numbers.
  public let difference: [Float]
  /// The difference divided by its norm, [D], bfloat16 numbers; of length 1 up to rounding.
  public let direction: [Float]
  /// The norm of the difference, a bfloat16 number.
  public let norm: Float
  /// Blocks of the model.
  public let layerCount: Int

  /// Computes the direction from activations.
  /// - Parameters:
  ///   - harmful: activations of the harmful prompts in the order of their pool, [n][D].
  ///   - harmless: the same of the harmless ones.
  ///   - layerCount: blocks of the model.
  /// - Throws: ``DirectionError/noPrompts``; ``DirectionError/zero(layer:)`` where the classes do not differ.
  public init(harmful: [[Float]], harmless: [[Float]], layerCount: Int) throws(DirectionError) {
    guard !harmful.isEmpty, !harmless.isEmpty else { throw .noPrompts }
    harmfulMean = Self.runningMean(harmful)
    harmlessMean = Self.runningMean(harmless)
    let difference = zip(harmfulMean, harmlessMean).map { Self.rounded($0 - $1) }
    let norm = Self.rounded(Float(difference.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()))
    guard norm > 0, norm.isFinite else { throw .zero(layer: layerCount) }
    self.difference = difference
    self.norm = norm
    self.layerCount = layerCount
    direction = difference.map { Self.rounded($0 / norm) }
  }

  /// Reads both classes with the unedited model.
  /// - Throws: ``DirectionError``, or what the engine throws.
  public static func reading(_ engine: Engine, harmful: [[Int32]], harmless: [[Int32]]) async throws -> PaperDirection {
    func ends(_ prompts: [[Int32]]) async throws -> [[Float]] {
      try await engine.normalizedEnds(prompts.map { LaneTokens($0, lane: .none) })
    }
    return try PaperDirection(
      harmful: try await ends(harmful),
      harmless: try await ends(harmless),
      layerCount: engine.checkpoint.model.layerCount
    )
  }

  /// The edit: attention output and MLP output of blocks 1…L−1 (0 is the first), edited weights rounded to bfloat16.
  ///
  /// A lane's direction has length 1; what this one lacks or has too much goes into the strength: s·rrᵀ = s‖r‖²·uuᵀ.
  /// - Throws: ``DirectionError/tooShallow(layers:)`` for a model of one block.
  public func lane(strength: Float = 1) throws(DirectionError) -> EditLane {
    guard layerCount > 1 else { throw .tooShallow(layers: layerCount) }
    return Self.lane(direction: direction, layerCount: layerCount, strength: strength)
  }

  /// The edit of a direction that was read before; the model has at least two blocks.
  public static func lane(direction: [Float], layerCount: Int, strength: Float) -> EditLane {
    let square = direction.reduce(0.0) { $0 + Double($1) * Double($1) }
    return EditLane(
      direction: direction,
      sites: EditPreset.paper.sites,
      layers: 1...max(1, layerCount - 1),
      strength: Float(Double(strength) * square),
      includesBias: false,
      roundsToBF16: true
    )
  }

  /// Cosine with a direction that was read before the final norm at the last layer: how much the basis matters (A1).
  public func cosine(to other: [Float]) -> Double {
    var (dot, own, others) = (0.0, 0.0, 0.0)
    for (a, b) in zip(direction, other) {
      dot += Double(a) * Double(b)
      own += Double(a) * Double(a)
      others += Double(b) * Double(b)
    }
    return own > 0 && others > 0 ? dot / (own * others).squareRoot() : 0
  }

  private static func runningMean(_ rows: [[Float]]) -> [Float] {
    var mean = rows[0].map(rounded)
    for (index, row) in rows.enumerated().dropFirst() {
      for k in mean.indices {
        let step = rounded(rounded(rounded(row[k]) - mean[k]) / Float(index + 1))
        mean[k] = rounded(mean[k] + step)
      }
    }
    return mean
  }

  private static func rounded(_ value: Float) -> Float { float(bf16: bf16(value)) }
}
