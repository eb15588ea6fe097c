internal import Tensors

/// Experts that a checkpoint stores as 4-bit codes and scales (MXFP4), by the names that their values have in a checkpoint
/// without quantisation.
///
/// An edited expert has no codes, and loaders take all experts in one form or all in the other; so a copy with edited
/// experts holds the values of all of them. A 4-bit value is a bfloat16 exactly.
struct QuantizedExperts {
  private let stacks: [String: (blocks: Tensor, scales: Tensor)]

  private static let (codes, scales) = ("_blocks", "_scales")

  init(_ weights: CheckpointWeights) {
    var stacks: [String: (blocks: Tensor, scales: Tensor)] = [:]
    for name in weights.names where name.hasSuffix(Self.codes) {
      let base = String(name.dropLast(Self.codes.count))
      if let blocks = weights[name], let scales = weights[base + Self.scales] { stacks[base] = (blocks, scales) }
    }
    self.stacks = stacks
  }

  func holds(_ name: String) -> Bool { stacks[name] != nil }

  /// The name of the values of which a tensor holds the codes; nil for any other tensor.
  func valuesOfCodes(_ name: String) -> String? {
    let base = String(name.dropLast(Self.codes.count))
    return name.hasSuffix(Self.codes) && holds(base) ? base : nil
  }

  func isScales(_ name: String) -> Bool {
    name.hasSuffix(Self.scales) && holds(String(name.dropLast(Self.scales.count)))
  }

  /// [experts, in, out]; nil where the codes have another form.
  func shape(_ name: String) -> [Int]? {
    guard let shape = stacks[name]?.blocks.shape, shape.count == 4 else { return nil }
    return [shape[0], 32 * shape[2], shape[1]]
  }

  /// The values [experts, in, out] as a tensor.
  func tensor(_ name: String) throws(TensorError) -> Tensor? {
    guard let stack = stacks[name], let shape = shape(name) else { return nil }
    let (width, out) = (shape[1], shape[2])
    var values = [Float](repeating: 0, count: shape[0] * width * out)
    for expert in 0..<shape[0] {
      let rows = try StoredMatrix(mxfp4: stack.blocks, scales: stack.scales, expert: expert).floats()
      let start = expert * width * out
      // Squares of 32: whole columns would miss the cache at every element.
      for tile in stride(from: 0, to: out, by: 32) {
        for k in 0..<width {
          for o in tile..<min(tile + 32, out) { values[start + k * out + o] = rows[o * width + k] }
        }
      }
    }
    return Tensor(name: name, shape: shape, floats: values, path: stack.blocks.path)
  }
}
