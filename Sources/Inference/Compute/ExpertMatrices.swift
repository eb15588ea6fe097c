internal import CKernels
internal import Tensors

/// One matrix of each expert, read from a tensor that stacks them as [experts, in, out].
///
/// The seam for other forms of storage: whatever yields an expert's rows [out, in] can stand here.
struct ExpertMatrices {
  private let tensor: Tensor
  private let out: Int
  private let width: Int

  init(_ files: CheckpointWeights, _ name: String, count: Int, out: Int, width: Int) throws(TensorError) {
    if let blocks = files["\(name)_blocks"], files[name] == nil {
      throw .badTensor(
        file: blocks.path,
        tensor: blocks.name,
        problem: "experts in MXFP4 blocks are not read here; expected \"\(name)\" in bfloat16"
      )
    }
    tensor = try files.tensor(name, shape: [count, width, out])
    self.out = out
    self.width = width
    guard [.bf16, .f16, .f32, .f64].contains(tensor.dtype) else {
      throw .badTensor(
        file: tensor.path,
        tensor: tensor.name,
        problem: "expected floating point, found \(tensor.dtype.rawValue)"
      )
    }
  }

  /// An expert's matrix in the form of its compute path.
  func matrix(_ expert: Int, bias: [Float], compute: ComputePath) throws(TensorError) -> WeightMatrix {
    guard tensor.dtype == .bf16, compute == .bf16 else {
      return WeightMatrix(rows: try floats(expert), out: out, width: width, bias: bias, compute: compute)
    }
    return WeightMatrix(bits: try bits(expert), out: out, width: width, bias: bias, compute: compute)
  }

  /// An expert's rows [out, in] in float32.
  func floats(_ expert: Int) throws(TensorError) -> [Float] {
    switch tensor.dtype {
    case .bf16: return try bits(expert).map { float(bf16: $0) }
    case .f32: return try checked(rows(expert, zero: Float(0)), expert, ck_first_nonfinite_f32)
    default:
      let size = out * width
      let values = Array(try tensor.floats()[(expert * size)..<((expert + 1) * size)])
      var rows = [Float](repeating: 0, count: size)
      ck_transpose(values, width, out, MemoryLayout<Float>.size, &rows)
      return try checked(rows, expert, ck_first_nonfinite_f32)
    }
  }

  private func bits(_ expert: Int) throws(TensorError) -> [UInt16] {
    try checked(rows(expert, zero: UInt16(0)), expert, ck_first_nonfinite_bf16)
  }

  private func rows<Element: BitwiseCopyable>(_ expert: Int, zero: Element) -> [Element] {
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
