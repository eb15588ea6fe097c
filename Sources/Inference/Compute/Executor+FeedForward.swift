internal import CKernels
internal import Glibc

/// Memory of a mixture of experts.
struct ExpertBuffers: ~Copyable {
  var scores = FloatBuffer()
  var input = FloatBuffer()
  var output = FloatBuffer()
  var bias = FloatBuffer()
}

extension Executor {
  /// What the MLP of a block writes, [rows, D], without its bias, which comes back.
  func feedForward(
    _ weights: FeedForwardWeights,
    _ normed: UnsafeMutablePointer<Float>,
    _ count: Int,
    _ written: UnsafeMutablePointer<Float>
  ) -> Bias? {
    guard let router = weights.router, let experts = model.feedForward.experts else {
      let part = weights.parts[0]
      multiply(part.down, gated(part, normed, count), count, written)
      return part.down.bias.map { .everyRow($0) }
    }
    return mix(weights.parts, route(router, experts, normed, count), normed, count, written)
  }

  /// The inner activations of one MLP, [rows, inner].
  private func gated(_ weights: GatedWeights, _ x: UnsafeMutablePointer<Float>, _ count: Int)
    -> UnsafeMutablePointer<Float>
  {
    let declared = model.feedForward
    let (padded, inner) = (Self.padded(count), declared.innerSize)
    let stride = declared.isFused ? 2 * inner : inner
    let gate = buffers.gate.at(least: padded * stride)
    let up = declared.isFused ? gate + inner : buffers.up.at(least: padded * inner)
    for (matrix, out) in zip(weights.inputs, [gate, up]) {
      multiply(matrix, x, count, out)
      addBias(matrix, count, out)
    }
    let out = buffers.inner.at(least: padded * inner)
    // The matrix of an expert has gate and up in turns.
    var kind = ck_gate(
      activation: CK_SILU,
      interleaved: declared.isFused && declared.experts != nil ? 1 : 0,
      limit: 0,
      alpha: 0
    )
    switch declared.activation {
    case .silu: break
    case .geluTanh: kind.activation = CK_GELU_TANH
    case .gelu: kind.activation = CK_GELU_ERF
    case .clamped(let limit, let alpha): (kind.activation, kind.limit, kind.alpha) = (CK_CLAMPED, limit, alpha)
    }
    ck_gated(pool, isa, &kind, gate, up, stride, count, inner, out)
    return out
  }

  /// A row's share in an expert.
  private struct Share {
    let row: Int
    let weight: Float
  }

  /// The rows of each expert with their weights: the experts of the largest scores, of equal ones the first, and the
  /// softmax over these alone.
  private func route(
    _ router: WeightMatrix,
    _ experts: FeedForwardDescription.Experts,
    _ normed: UnsafeMutablePointer<Float>,
    _ count: Int
  ) -> [[Share]] {
    let scores = self.experts.scores.at(least: Self.padded(count) * experts.count)
    multiply(router, normed, count, scores)
    addBias(router, count, scores)
    var shares = [[Share]](repeating: [], count: experts.count)
    for row in 0..<count {
      let own = UnsafeBufferPointer(start: scores + row * experts.count, count: experts.count)
      var chosen: [Int] = []
      for expert in own.indices {
        let at = chosen.firstIndex { own[$0] < own[expert] } ?? chosen.count
        guard at < experts.chosen else { continue }
        chosen.insert(expert, at: at)
        if chosen.count > experts.chosen { chosen.removeLast() }
      }
      let weights = chosen.map { expf(own[$0] - own[chosen[0]]) }
      let total = weights.reduce(0, +)
      for (expert, weight) in zip(chosen, weights) { shares[expert].append(Share(row: row, weight: weight / total)) }
    }
    return shares
  }

  /// The weighted sum of what the experts write; a row adds its experts in their order, whatever else is in the step.
  private func mix(
    _ parts: [GatedWeights],
    _ shares: [[Share]],
    _ normed: UnsafeMutablePointer<Float>,
    _ count: Int,
    _ written: UnsafeMutablePointer<Float>
  ) -> Bias {
    let d = model.hiddenSize
    let biases = experts.bias.at(least: count * d)
    written.update(repeating: 0, count: count * d)
    biases.update(repeating: 0, count: count * d)
    for (part, own) in zip(parts, shares) where !own.isEmpty {
      let padded = Self.padded(own.count)
      let input = experts.input.at(least: padded * d)
      let output = experts.output.at(least: padded * d)
      for (at, share) in own.enumerated() { (input + at * d).update(from: normed + share.row * d, count: d) }
      multiply(part.down, gated(part, input, own.count), own.count, output)
      for (at, share) in own.enumerated() {
        ck_add_scaled(isa, output + at * d, share.weight, d, written + share.row * d)
        if let bias = part.down.bias { ck_add_scaled(isa, bias, share.weight, d, biases + share.row * d) }
      }
    }
    return .ofEachRow(biases)
  }
}
