internal import Glibc

/// A named tensor inside a mapped file: row-major, little-endian, possibly unaligned.
public struct Tensor: Sendable {
  /// Its name in the file.
  public let name: String
  /// Element type.
  public let dtype: DType
  /// Sizes of the axes; empty for a scalar.
  public let shape: [Int]
  /// The file, kept mapped while the tensor lives.
  private let file: MappedFile
  private let range: Range<Int>

  init(name: String, dtype: DType, shape: [Int], file: MappedFile, range: Range<Int>) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.file = file
    self.range = range
  }

  /// The path of the file.
  public var path: String { file.path }
  /// Number of elements.
  public var count: Int { range.count / dtype.byteCount }

  /// Lends the raw bytes.
  public func withBytes<Result>(_ use: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(file) { try use(UnsafeRawBufferPointer(rebasing: file.bytes[range])) }
  }

  /// The elements widened to float32; throws for integer types.
  public func floats() throws(TensorError) -> [Float] {
    switch dtype {
    case .f32: return elements(Float.self)
    case .bf16: return elements(UInt16.self).map { float(bf16: $0) }
    case .f16: return elements(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .f64: return elements(Double.self).map { Float($0) }
    default: throw .badTensor(file: path, tensor: name, problem: "expected floating point, found \(dtype.rawValue)")
    }
  }

  /// The elements as bfloat16 bits (float types are rounded to nearest even); throws for integer types.
  public func bf16Bits() throws(TensorError) -> [UInt16] {
    if dtype == .bf16 { return elements(UInt16.self) }
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

  private func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
    withBytes { bytes in
      [Element](unsafeUninitializedCapacity: count) { space, initialized in
        if let base = bytes.baseAddress, let to = space.baseAddress { memcpy(to, base, bytes.count) }
        initialized = count
      }
    }
  }
}
