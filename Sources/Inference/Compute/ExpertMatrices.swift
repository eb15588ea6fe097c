internal import CKernels
internal import Tensors

/// One matrix of each expert: read from a tensor that stacks them as [experts, in, out], or from MXFP4 codes and scales that
/// stack their rows as [experts, out, in/32].
struct ExpertMatrices {
  private enum Storage {
    case stack(Tensor)
    case mxfp4(blocks: Tensor, scales: Tensor)
  }

  private let storage: Storage
  private let out: Int
  private let width: Int

  init(_ files: CheckpointWeights, _ name: String, count: Int, out: Int, width: Int) throws(TensorError) {
    (self.out, self.width) = (out, width)
    if files[name] == nil, files["\(name)_blocks"] != nil, width % 32 == 0 {
      storage = .mxfp4(
        blocks: try files.tensor("\(name)_blocks", shape: [count, out, width / 32, 16]),
        scales: try files.tensor("\(name)_scales", shape: [count, out, width / 32])
      )
      return
    }
    let tensor = try files.tensor(name, shape: [count, width, out])
    guard [.bf16, .f16, .f32, .f64].contains(tensor.dtype) else {
      throw .badTensor(
        file: tensor.path,
        tensor: tensor.name,
        problem: "expected floating point, found \(tensor.dtype.rawValue)"
      )
    }
    storage = .stack(tensor)
  }

  /// An expert's matrix in the form of its compute path.
  func matrix(_ expert: Int, bias: [Float], compute: ComputePath, budget: WeightBudget) throws(TensorError)
    -> WeightMatrix
  {
    switch storage {
    case .mxfp4(let blocks, let scales):
      let stored = try StoredMatrix(mxfp4: blocks, scales: scales, expert: expert)
      return try WeightMatrix(stored, bias: bias, compute: compute, budget: budget)
    case .stack(let tensor) where tensor.dtype == .bf16:
      let bits = try bits(tensor, expert)
      return try WeightMatrix(bits: bits, out: out, width: width, bias: bias, compute: compute, budget: budget)
    case .stack:
      let rows = try floats(expert)
      return try WeightMatrix(rows: rows, out: out, width: width, bias: bias, compute: compute, budget: budget)
    }
  }

  /// An expert's rows [out, in] in float32.
  func floats(_ expert: Int) throws(TensorError) -> [Float] {
    switch storage {
    case .mxfp4(let blocks, let scales):
      let rows = try StoredMatrix(mxfp4: blocks, scales: scales, expert: expert).floats()
      let at = ck_first_nonfinite_f32(rows, rows.count)
      guard at < 0 else { throw WeightReader.damaged(blocks, at) }
      return rows
    case .stack(let tensor): return try floats(tensor, expert)
    }
  }

  private func floats(_ tensor: Tensor, _ expert: Int) throws(TensorError) -> [Float] {
    switch tensor.dtype {
    case .bf16: return try bits(tensor, expert).map { float(bf16: $0) }
    case .f32: return try checked(tensor, rows(tensor, expert, zero: Float(0)), expert, ck_first_nonfinite_f32)
    default:
      let size = out * width
      let values = try StoredMatrix(tensor, at: expert).floats()
      var rows = [Float](repeating: 0, count: size)
      ck_transpose(values, width, out, MemoryLayout<Float>.size, &rows)
      return try checked(tensor, rows, expert, ck_first_nonfinite_f32)
    }
  }

  private func bits(_ tensor: Tensor, _ expert: Int) throws(TensorError) -> [UInt16] {
    try checked(tensor, rows(tensor, expert, zero: UInt16(0)), expert, ck_first_nonfinite_bf16)
  }

  private func rows<Element: BitwiseCopyable>(_ tensor: Tensor, _ expert: Int, zero: Element) -> [Element] {
    let count = out * width
    var rows = [Element](repeating: zero, count: count)
    tensor.withBytes { bytes in
      let size = MemoryLayout<Element>.size
      guard let base = bytes.baseAddress else { return }
      rows.withUnsafeMutableBytes { ck_transpose(base + expert * count * size, width, out, size, $0.baseAddress) }
    }
    return rows
  }

  private func checked<Element>(
    _ tensor: Tensor,
    _ rows: [Element],
    _ expert: Int,
    _ find: (UnsafePointer<Element>?, Int) -> Int
  ) throws(TensorError) -> [Element] {
    let at = rows.withUnsafeBufferPointer { find($0.baseAddress, $0.count) }
    guard at < 0 else {
      // Told where it stands in the file, [in, out].
      throw WeightReader.damaged(tensor, expert * rows.count + at % width * out + at / width)
    }
    return rows
  }
}
