package import CKernels

/// A matrix [out, width] as it lies in a file: its rows are decoded when they are used.
public struct StoredMatrix: Sendable {
  /// The tensor's name, for errors.
  public let name: String
  /// The file, for errors.
  public let path: String
  /// Rows.
  public let out: Int
  /// Elements of a row.
  public let width: Int
  /// Element type of the values.
  public let dtype: DType
  private let format: ck_format
  private let storage: TensorStorage
  private let start: Int
  private let stride: Int
  private let scales: (storage: TensorStorage, start: Int, stride: Int)?
  private let pairedHead: Int

  /// A tensor [out, width] of a floating-point type.
  public init(_ tensor: Tensor) throws(TensorError) {
    guard tensor.shape.count == 2 else { throw Self.notMatrix(tensor, "a matrix") }
    self = try StoredMatrix(rowsOf: tensor)
  }

  /// Matrix `index` of a tensor [n, out, width] of a floating-point type.
  public init(_ tensor: Tensor, at index: Int) throws(TensorError) {
    guard tensor.shape.count == 3, tensor.shape[0] > 0 else { throw Self.notMatrix(tensor, "a stack of matrices") }
    guard (0..<tensor.shape[0]).contains(index) else {
      throw .badTensor(file: tensor.path, tensor: tensor.name, problem: "has no matrix \(index) of \(tensor.shape[0])")
    }
    let size = tensor.range.count / tensor.shape[0]
    let start = tensor.range.lowerBound + index * size
    self = try StoredMatrix(
      rowsOf: Tensor(
        name: tensor.name,
        dtype: tensor.dtype,
        shape: Array(tensor.shape[1...]),
        storage: tensor.storage,
        range: start..<(start + size)
      )
    )
  }

  /// Expert `index` of MXFP4 codes [experts, rows, groups, 16] and scales [experts, rows, groups], as gpt-oss stores them:
  /// a matrix [rows, 32 · groups].
  public init(mxfp4 blocks: Tensor, scales: Tensor, expert index: Int) throws(TensorError) {
    func bad(_ tensor: Tensor, _ problem: String) -> TensorError {
      .badTensor(file: tensor.path, tensor: tensor.name, problem: problem)
    }
    for tensor in [blocks, scales] where tensor.dtype != .u8 {
      throw bad(tensor, "expected bytes (U8) of MXFP4, found \(tensor.dtype.rawValue)")
    }
    guard blocks.shape.count == 4, blocks.shape[3] == 16 else {
      throw bad(blocks, "has shape \(blocks.shape); MXFP4 codes are [experts, rows, groups, 16]")
    }
    guard scales.shape == Array(blocks.shape[..<3]) else {
      throw bad(scales, "has shape \(scales.shape), but the codes \(blocks.name) ask for \(Array(blocks.shape[..<3]))")
    }
    let (rows, groups) = (blocks.shape[1], blocks.shape[2])
    guard (0..<blocks.shape[0]).contains(index) else {
      throw bad(blocks, "has no expert \(index) of \(blocks.shape[0])")
    }
    self.init(
      name: blocks.name,
      out: rows,
      width: groups * 32,
      dtype: .mxfp4,
      format: CK_FORMAT_MXFP4_APART,
      storage: blocks.storage,
      start: blocks.range.lowerBound + index * rows * groups * 16,
      stride: groups * 16,
      scales: (scales.storage, scales.range.lowerBound + index * rows * groups, groups)
    )
  }

  /// The tensor as rows of its last axis; a vector is rows of one element.
  init(rowsOf tensor: Tensor) throws(TensorError) {
    guard let format = tensor.dtype.format else { throw tensor.notFloat }
    let width = tensor.shape.count < 2 ? 1 : tensor.shape.last ?? 1
    let out = width > 0 ? tensor.count / width : 0
    self.init(
      name: tensor.name,
      out: out,
      width: width,
      dtype: tensor.dtype,
      format: format,
      storage: tensor.storage,
      start: tensor.range.lowerBound,
      stride: width / tensor.dtype.elementsPerBlock * tensor.dtype.bytesPerBlock,
      scales: nil,
      pairedHead: tensor.pairedHead ?? 0
    )
  }

  private init(
    name: String,
    out: Int,
    width: Int,
    dtype: DType,
    format: ck_format,
    storage: TensorStorage,
    start: Int,
    stride: Int,
    scales: (storage: TensorStorage, start: Int, stride: Int)?,
    pairedHead: Int = 0
  ) {
    self.name = name
    path = storage.path
    self.out = out
    self.width = width
    self.dtype = dtype
    self.format = format
    self.storage = storage
    self.start = start
    self.stride = stride
    self.scales = scales
    self.pairedHead = pairedHead
  }

  /// The rows `first`, `first + step`, `first + 2·step`, …: one of several matrices whose rows alternate.
  public func every(_ step: Int, from first: Int) -> StoredMatrix {
    precondition(step > 0 && first >= 0 && pairedHead == 0, "rows can be picked only where they lie in order")
    return StoredMatrix(
      name: name,
      out: max(0, (out - first + step - 1) / step),
      width: width,
      dtype: dtype,
      format: format,
      storage: storage,
      start: start + first * stride,
      stride: stride * step,
      scales: scales.map { ($0.storage, $0.start + first * $0.stride, $0.stride * step) }
    )
  }

  /// The rows `rows`: one of several matrices that lie below each other.
  public func rows(_ rows: Range<Int>) -> StoredMatrix {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= out && pairedHead == 0, "no such rows")
    return StoredMatrix(
      name: name,
      out: rows.count,
      width: width,
      dtype: dtype,
      format: format,
      storage: storage,
      start: start + rows.lowerBound * stride,
      stride: stride,
      scales: scales.map { ($0.storage, $0.start + rows.lowerBound * $0.stride, $0.stride) }
    )
  }

  /// Bytes of the rows in the file, scales included.
  public var byteCount: Int {
    out * (width / ck_format_elements(format) * ck_format_bytes(format) + (scales == nil ? 0 : width / 32))
  }

  /// Whether bfloat16 holds every value exactly.
  package var isExactInBF16: Bool {
    [CK_FORMAT_BF16, CK_FORMAT_MXFP4, CK_FORMAT_MXFP4_APART].contains(format)
  }

  /// Lends the rows in the form that the kernels take.
  package func withRows<Result, Failure: Error>(_ use: (UnsafePointer<ck_rows>) throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    defer { withExtendedLifetime((storage, scales?.storage)) {} }
    func place(_ storage: TensorStorage, _ start: Int) -> UnsafePointer<UInt8>? {
      storage.bytes.baseAddress.map { ($0 + start).assumingMemoryBound(to: UInt8.self) }
    }
    var rows = ck_rows(
      format: format,
      data: place(storage, start),
      scales: scales.flatMap { place($0.storage, $0.start) },
      stride: stride,
      scale_stride: scales?.stride ?? 0,
      head: pairedHead
    )
    return try use(&rows)
  }

  /// All elements, row-major.
  public func floats() throws(TensorError) -> [Float] {
    let count = out * width
    guard let pool = ck_pool_create(1) else { throw noMemory }
    defer { ck_pool_destroy(pool) }
    return [Float](unsafeUninitializedCapacity: count) { space, initialized in
      if let to = space.baseAddress, count > 0 {
        withRows { _ = ck_unpack(pool, ck_isa_best(), $0, 0, out, width, to) }
      }
      initialized = count
    }
  }

  /// The index of the first element of a floating-point tensor that is NaN or infinite, or -1.
  public static func firstDamage(of tensor: Tensor) throws(TensorError) -> Int {
    let matrix = try StoredMatrix(rowsOf: tensor)
    guard let pool = ck_pool_create(1) else { throw matrix.noMemory }
    defer { ck_pool_destroy(pool) }
    return matrix.withRows { ck_check(pool, ck_isa_best(), $0, matrix.out, matrix.width) }
  }

  private var noMemory: TensorError {
    .badTensor(file: path, tensor: name, problem: "the system gives no memory to decode it")
  }

  /// Gives the memory of the mapped pages back to the system; they are read again when they are wanted.
  public func giveBack() {
    guard out > 0 else { return }
    let rowBytes = width / ck_format_elements(format) * ck_format_bytes(format)
    storage.giveBack(start..<(start + (out - 1) * stride + rowBytes))
    if let scales { scales.storage.giveBack(scales.start..<(scales.start + (out - 1) * scales.stride + width / 32)) }
  }

  private static func notMatrix(_ tensor: Tensor, _ what: String) -> TensorError {
    .badTensor(file: tensor.path, tensor: tensor.name, problem: "has shape \(tensor.shape); expected \(what)")
  }
}
