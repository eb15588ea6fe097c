internal import CKernels
internal import Glibc
internal import Tensors

/// A matrix [out, in] in the form its compute path wants: packed in memory, or streamed from its file.
struct WeightMatrix: Sendable {
  enum Layout: Sendable {
    /// Panels of 16 outputs, bfloat16: for values that it holds exactly.
    case packedBF16
    /// Panels of 16 outputs, float32: for all others.
    case packedF32
    /// Panels of 16 outputs, codes of 8 bits under scales.
    case packedInt8
    /// Panels of 16 outputs, codes of 4 bits under scales.
    case packedInt4
    /// Row-major float32 for OpenBLAS.
    case rowMajor

    /// How the kernels call it; nil for OpenBLAS.
    var panels: ck_layout? {
      switch self {
      case .packedBF16: CK_LAYOUT_BF16
      case .packedF32: CK_LAYOUT_F32
      case .packedInt8: CK_LAYOUT_INT8
      case .packedInt4: CK_LAYOUT_INT4
      case .rowMajor: nil
      }
    }

    func byteCount(out: Int, width: Int) -> Int {
      panels.map { ck_packed_bytes($0, out, width) } ?? out * width * 4
    }

    init(_ compute: ComputePath, isExactInBF16: Bool) {
      switch compute {
      case .f32: self = .rowMajor
      case .bf16: self = isExactInBF16 ? .packedBF16 : .packedF32
      case .int8: self = .packedInt8
      case .int4: self = .packedInt4
      }
    }
  }

  let out: Int
  let width: Int
  let layout: Layout
  // Not payloads of an enum: an enum marks the pointers it holds, and a leak checker no longer knows them as such.
  /// The weights in their layout, where they are packed.
  let memory: PackedMemory?
  /// The weights in their file, where they are streamed.
  let stored: StoredMatrix?
  let bias: [Float]?

  /// Reads a tensor [out, in]; throws for types that are no floats and for an element that is not finite.
  init(_ tensor: Tensor, bias: [Float]?, compute: ComputePath, budget: WeightBudget? = nil) throws(TensorError) {
    self = try WeightMatrix(try StoredMatrix(tensor), bias: bias, compute: compute, budget: budget)
  }

  /// Reads a matrix of a file, packed if the budget takes it; throws for an element that is not finite.
  init(_ matrix: StoredMatrix, bias: [Float]?, compute: ComputePath, budget: WeightBudget? = nil) throws(TensorError) {
    (out, width) = (matrix.out, matrix.width)
    self.bias = bias
    let layout = Layout(compute, isExactInBF16: matrix.isExactInBF16)
    self.layout = layout
    let byteCount = layout.byteCount(out: matrix.out, width: matrix.width)
    let packing = Packing(name: matrix.name, path: matrix.path, out: matrix.out, width: matrix.width)
    guard budget?.takes(packed: byteCount, stored: matrix.byteCount) ?? true else {
      (memory, stored) = (nil, matrix)
      try matrix.withRows { (rows) throws(TensorError) in
        try packing.check(rows)
      }
      matrix.giveBack()
      return
    }
    stored = nil
    memory = try matrix.withRows { (rows) throws(TensorError) in
      try packing.pack(rows, layout, byteCount)
    }
    matrix.giveBack()
  }

  /// Packs rows [out, in] of float32, such as edited weights; they stay float32 on every path.
  init(rows: [Float], out: Int, width: Int, bias: [Float]?, compute: ComputePath, budget: WeightBudget? = nil)
    throws(TensorError)
  {
    self = try WeightMatrix(
      inMemory: rows,
      format: CK_FORMAT_F32,
      out: out,
      width: width,
      bias: bias,
      layout: compute == .f32 ? .rowMajor : .packedF32,
      budget: budget
    )
  }

  /// Packs rows [out, in] of bfloat16.
  init(bits: [UInt16], out: Int, width: Int, bias: [Float]?, compute: ComputePath, budget: WeightBudget? = nil)
    throws(TensorError)
  {
    self = try WeightMatrix(
      inMemory: bits,
      format: CK_FORMAT_BF16,
      out: out,
      width: width,
      bias: bias,
      layout: Layout(compute, isExactInBF16: true),
      budget: budget
    )
  }

  private init<Element: BitwiseCopyable>(
    inMemory rows: [Element],
    format: ck_format,
    out: Int,
    width: Int,
    bias: [Float]?,
    layout: Layout,
    budget: WeightBudget?
  ) throws(TensorError) {
    precondition(rows.count == out * width, "the rows have not the shape of their matrix")
    (self.out, self.width, self.layout, self.bias) = (out, width, layout, bias)
    stored = nil
    let byteCount = layout.byteCount(out: out, width: width)
    budget?.spend(byteCount)
    memory = try rows.withUnsafeBufferPointer { (elements) throws(TensorError) in
      let bytes = UnsafeRawBufferPointer(elements)
      var described = ck_rows(
        format: format,
        data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        scales: nil,
        stride: width * MemoryLayout<Element>.size,
        scale_stride: 0,
        head: 0
      )
      return try Packing(name: "computed weights", path: "memory", out: out, width: width)
        .pack(&described, layout, byteCount)
    }
  }
}

/// Brings a matrix into its layout, on all processors.
private struct Packing {
  let name: String
  let path: String
  let out: Int
  let width: Int

  func pack(_ rows: UnsafePointer<ck_rows>, _ layout: WeightMatrix.Layout, _ byteCount: Int) throws(TensorError)
    -> PackedMemory
  {
    let pool = try Pool(self)
    guard let memory = PackedMemory(byteCount: byteCount) else { throw noMemory(byteCount) }
    let damage: Int
    if let panels = layout.panels {
      damage = ck_pack(pool.pointer, ck_isa_best(), rows, out, width, panels, memory.base)
    } else {
      let floats = memory.base.assumingMemoryBound(to: Float.self)
      damage = ck_unpack(pool.pointer, ck_isa_best(), rows, 0, out, width, floats)
    }
    guard damage < 0 else { throw damaged(damage) }
    return memory
  }

  func check(_ rows: UnsafePointer<ck_rows>) throws(TensorError) {
    let pool = try Pool(self)
    let damage = ck_check(pool.pointer, ck_isa_best(), rows, out, width)
    guard damage < 0 else { throw damaged(damage) }
  }

  /// Threads for one matrix; starting them costs microseconds, so small matrices take none.
  private final class Pool {
    let pointer: OpaquePointer

    init(_ packing: Packing) throws(TensorError) {
      let isSmall = packing.out * packing.width < 1 << 18
      let threads = isSmall ? 1 : Int32(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      guard let pointer = ck_pool_create(max(1, threads)) else { throw packing.noMemory(0) }
      self.pointer = pointer
    }

    deinit { ck_pool_destroy(pointer) }
  }

  private func noMemory(_ bytes: Int) -> TensorError {
    .badTensor(
      file: path,
      tensor: name,
      problem: "the system gives no memory for it (\(bytes) bytes); close other programs or lower the memory budget"
    )
  }

  private func damaged(_ element: Int) -> TensorError { WeightReader.damaged(path, name, element) }
}
