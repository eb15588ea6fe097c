internal import Inference

/// How long a model computes, by counting multiplications.
///
/// A token costs 2 operations a weight it is multiplied with and 4 · heads · head size · positions a block for attention.
/// Prompts and batches run at the measured rate; a step of decoding takes at least the time to read the weights once.
struct ModelTime {
  let shape: ModelShape
  let rate: MatrixRate
  /// Bytes of a weight in memory.
  let weightBytes: Int

  private func attention(_ positions: Int) -> Double {
    4 * Double(shape.layers * shape.heads * shape.headSize) * Double(positions)
  }

  /// Seconds to read sequences of so many tokens each.
  func reading(tokens: Int, sequences: Int) -> Double {
    let each = 2 * Double(shape.activeBlockWeights) + attention(tokens / 2)
    return Double(sequences) * (Double(tokens) * each + 2 * Double(shape.headWeights)) / rate.flops
  }

  /// Seconds to write answers of so many tokens each behind a prompt, `batch` at once.
  func writing(tokens: Int, after prompt: Int, sequences: Int, batch: Int) -> Double {
    guard sequences > 0, tokens > 0 else { return 0 }
    let weights = shape.activeBlockWeights + shape.headWeights
    let each = 2 * Double(weights) + attention(prompt + tokens / 2)
    let rounds = (sequences + batch - 1) / batch
    return max(
      Double(sequences * tokens) * each / rate.flops,
      Double(rounds * tokens) * Double(weights * weightBytes) / rate.bytes
    )
  }
}
