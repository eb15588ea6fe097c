public import Inference

/// The difference of two classes' mean residual streams, at every layer.
///
/// Arditi et al. 2024 (arXiv 2406.11717), eq. 3: r⁽ˡ⁾ = mean over harmful − mean over harmless of the residual stream at
/// layer l and the last token of the generation prompt.
public struct MeanDifference: Sendable {
  /// Mean of the harmful prompts, [L+1][D]; row 0 after the embedding, row k after block k, before the final norm.
  public let harmfulMean: [[Float]]
  /// Mean of the harmless prompts, [L+1][D].
  public let harmlessMean: [[Float]]
  /// Their difference, not normalised, [L+1][D].
  public let difference: [[Float]]
  /// Euclidean norm of each row of the difference.
  public let norms: [Double]
  /// Prompts of each class.
  public let counts: (harmful: Int, harmless: Int)

  /// Number of blocks.
  public var layerCount: Int { difference.count - 1 }

  /// Sums in float64 and rounds once, whatever the number of prompts: a running mean in low precision drifts.
  public init(harmful: [[[Float]]], harmless: [[[Float]]]) {
    func means(_ streams: [[[Float]]]) -> [[Double]] {
      guard let first = streams.first else { return [] }
      return first.indices.map { layer in
        var sums = [Double](repeating: 0, count: first[layer].count)
        for stream in streams { for (k, value) in stream[layer].enumerated() { sums[k] += Double(value) } }
        return sums.map { $0 / Double(streams.count) }
      }
    }
    let h = means(harmful)
    let g = means(harmless)
    harmfulMean = h.map { $0.map { Float($0) } }
    harmlessMean = g.map { $0.map { Float($0) } }
    difference = zip(h, g).map { zip($0, $1).map { Float($0 - $1) } }
    norms = difference.map { row in row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
    counts = (harmful.count, harmless.count)
  }

  /// Reads the residual streams of both classes with the unedited model.
  /// - Throws: ``DirectionError/noPrompts``, or what the engine throws.
  public static func reading(
    _ engine: Engine,
    harmful: [[Int32]],
    harmless: [[Int32]]
  ) async throws -> MeanDifference {
    guard !harmful.isEmpty, !harmless.isEmpty else { throw DirectionError.noPrompts }
    return MeanDifference(
      harmful: try await engine.residuals(harmful.map { LaneTokens($0, lane: .none) }),
      harmless: try await engine.residuals(harmless.map { LaneTokens($0, lane: .none) })
    )
  }

  /// The edit that removes the direction of a layer.
  /// - Throws: ``DirectionError/zero(layer:)`` where the classes do not differ, ``DirectionError/noLayer``.
  public func lane(layer: Int, preset: EditPreset, strength: Float = 1) throws(DirectionError) -> EditLane {
    guard difference.indices.contains(layer) else { throw .noLayer(layer, of: layerCount) }
    guard norms[layer] > 0, norms[layer].isFinite else { throw .zero(layer: layer) }
    return EditLane(direction: difference[layer], sites: preset.sites, strength: strength)
  }
}

/// Why there is no direction.
public enum DirectionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A class has no prompts.
  case noPrompts
  /// The classes have the same mean there.
  case zero(layer: Int)
  /// The model has no such layer.
  case noLayer(Int, of: Int)
  /// The preset leaves the first block alone, and there is no other.
  case tooShallow(layers: Int)
  /// A strength that changes nothing, is no number or is out of range.
  case badStrength(Float)
  /// The rule looks at replies, and none were asked for.
  case needsTrials(rule: String)

  /// One line.
  public var description: String {
    switch self {
    case .noPrompts: "a direction needs at least one harmful and one harmless prompt"
    case .zero(let layer):
      "the two classes have the same mean residual stream at layer \(layer): there is no direction to remove"
    case .noLayer(let layer, let count): "there is no layer \(layer); layers are 0 (embedding) to \(count)"
    case .tooShallow(let layers):
      "the preset paper edits all blocks but the first, and the model has \(layers); take another preset"
    case .badStrength(let strength):
      "a strength of \(strength) makes no sense; 1 removes the direction whole, at most 100 either way is taken"
    case .needsTrials(let rule): "the rule \(rule) chooses by trial replies; it needs a reader of replies"
    }
  }
}
