internal import CKernels
internal import Glibc

/// A named tensor inside a file: row-major, little-endian, possibly unaligned, possibly in blocks.
public struct Tensor: Sendable {
  /// Its name: the file's, or the one that a naming layer gave it.
  public let name: String
  /// Element type.
  public let dtype: DType
  /// Sizes of the axes; empty for a scalar.
  public let shape: [Int]
  /// Where not nil, the rows of each head of so many rows lie as pairs: row i of the first half beside row i of the second.
  public let pairedHead: Int?
  /// The file, kept mapped while the tensor lives.
  let storage: TensorStorage
  let range: Range<Int>

  init(
    name: String,
    dtype: DType,
    shape: [Int],
    storage: TensorStorage,
    range: Range<Int>,
    pairedHead: Int? = nil
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
    self.range = range
    self.pairedHead = pairedHead
  }

  /// A float32 tensor that was computed from one of `path`.
  public init(name: String, shape: [Int], floats: [Float], path: String) {
    let storage = floats.withUnsafeBytes { OwnedBytes(path: path, $0) }
    self.init(name: name, dtype: .f32, shape: shape, storage: storage, range: 0..<(floats.count * 4))
  }

  /// The same data under another name, and where `pairedHead` is given, with its rows seen in another order.
  public func renamed(_ name: String, pairedHead: Int? = nil) -> Tensor {
    Tensor(name: name, dtype: dtype, shape: shape, storage: storage, range: range, pairedHead: pairedHead)
  }

  /// The path of the file.
  public var path: String { storage.path }
  /// Number of elements.
  public var count: Int { range.count / dtype.bytesPerBlock * dtype.elementsPerBlock }
  /// Bytes in the file.
  public var byteCount: Int { range.count }

  /// Lends the raw bytes, as they are stored.
  public func withBytes<Result>(_ use: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try use(UnsafeRawBufferPointer(rebasing: storage.bytes[range])) }
  }

  /// Gives the memory of the mapped pages back to the system; they are read again when they are wanted.
  public func giveBack() { storage.giveBack(range) }

  /// The elements widened or decoded to float32; throws for integer types.
  public func floats() throws(TensorError) -> [Float] {
    guard pairedHead != nil else { return try storedFloats() }
    return try StoredMatrix(rowsOf: self).floats()
  }

  private func storedFloats() throws(TensorError) -> [Float] {
    guard let format = dtype.format else { throw notFloat }
    return withBytes { bytes in
      [Float](unsafeUninitializedCapacity: count) { space, initialized in
        if let base = bytes.baseAddress, let to = space.baseAddress {
          ck_decode(ck_isa_best(), format, base.assumingMemoryBound(to: UInt8.self), nil, count, to)
        }
        initialized = count
      }
    }
  }

  /// The elements as bfloat16 bits (float types are rounded to nearest even); throws for integer types.
  public func bf16Bits() throws(TensorError) -> [UInt16] {
    if dtype == .bf16, pairedHead == nil { return elements(UInt16.self) }
    return try floats().map { bf16($0) }
  }

  /// The elements of an integer tensor.
  public func integers() throws(TensorError) -> [Int] {
    switch dtype {
    case .i64: return elements(Int64.self).map { Int($0) }
    case .i32: return elements(Int32.self).map { Int($0) }
    case .i16: return elements(Int16.self).map { Int($0) }
    case .i8: return elements(Int8.self).map { Int($0) }
    case .u8, .bool: return elements(UInt8.self).map { Int($0) }
    default: throw .badTensor(file: path, tensor: name, problem: "expected whole numbers, found \(dtype.rawValue)")
    }
  }

  var notFloat: TensorError {
    .badTensor(file: path, tensor: name, problem: "expected floating point, found \(dtype.rawValue)")
  }

  private func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
    withBytes { bytes in
      [Element](unsafeUninitializedCapacity: count) { space, initialized in
        if let base = bytes.baseAddress, let to = space.baseAddress { memcpy(to, base, bytes.count) }
        initialized = count
      }
    }
  }
}
