internal import CKernels
internal import Tensors

/// Which arithmetic runs the matrices.
public enum ComputePath: String, Sendable, CaseIterable {
  /// float32 weights on OpenBLAS: the reference.
  case f32
  /// The weights as stored, on our own kernels; activations and sums are float32.
  case bf16
}

/// A matrix [out, in] in the form its compute path wants.
struct WeightMatrix: Sendable {
  enum Layout: Sendable {
    /// Panels of 16 outputs, bfloat16.
    case packedBF16
    /// Panels of 16 outputs, float32: for edited or float32 weights.
    case packedF32
    /// Row-major float32 for OpenBLAS.
    case rowMajor
  }

  let out: Int
  let width: Int
  let layout: Layout
  // Not payloads of the layout: an enum marks the pointers it holds, and a leak checker no longer knows them as such.
  /// The weights where the layout is bfloat16.
  let bits: [UInt16]
  /// The weights where the layout is float32.
  let floats: [Float]
  let bias: [Float]?

  init(_ tensor: Tensor, bias: [Float]?, compute: ComputePath) throws(TensorError) {
    let (out, width) = (tensor.shape[0], tensor.shape[1])
    guard compute == .bf16, tensor.dtype == .bf16 else {
      self.init(rows: try tensor.floats(), out: out, width: width, bias: bias, compute: compute)
      return
    }
    self.init(bits: try tensor.bf16Bits(), out: out, width: width, bias: bias, compute: compute)
  }

  init(bits rows: [UInt16], out: Int, width: Int, bias: [Float]?, compute: ComputePath) {
    guard compute == .bf16 else {
      self.init(rows: rows.map { float(bf16: $0) }, out: out, width: width, bias: bias, compute: compute)
      return
    }
    var packed = [UInt16](repeating: 0, count: ck_packed_count(out, width))
    ck_pack_bf16(rows, out, width, &packed)
    self.init(out: out, width: width, layout: .packedBF16, bits: packed, bias: bias)
  }

  init(rows: [Float], out: Int, width: Int, bias: [Float]?, compute: ComputePath) {
    guard compute == .bf16 else {
      self.init(out: out, width: width, layout: .rowMajor, floats: rows, bias: bias)
      return
    }
    var packed = [Float](repeating: 0, count: ck_packed_count(out, width))
    ck_pack_f32(rows, out, width, &packed)
    self.init(out: out, width: width, layout: .packedF32, floats: packed, bias: bias)
  }

  private init(
    out: Int,
    width: Int,
    layout: Layout,
    bits: [UInt16] = [],
    floats: [Float] = [],
    bias: [Float]?
  ) {
    self.out = out
    self.width = width
    self.layout = layout
    self.bits = bits
    self.floats = floats
    self.bias = bias
  }
}
