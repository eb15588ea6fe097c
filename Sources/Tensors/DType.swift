package import CKernels

/// The element types of tensors: those of safetensors files, and the block formats of GGUF files.
public enum DType: String, Sendable, CaseIterable {
  /// Brain float: the upper half of a float32.
  case bf16 = "BF16"
  /// IEEE half.
  case f16 = "F16"
  /// IEEE single.
  case f32 = "F32"
  /// IEEE double.
  case f64 = "F64"
  /// Signed 64-bit.
  case i64 = "I64"
  /// Signed 32-bit.
  case i32 = "I32"
  /// Signed 16-bit.
  case i16 = "I16"
  /// Signed byte.
  case i8 = "I8"
  /// Byte.
  case u8 = "U8"
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// GGUF: 32 codes of 4 bits around 8 under one half scale.
  case q4v0 = "Q4_0"
  /// GGUF: 32 codes of 4 bits, half scale and half minimum.
  case q4v1 = "Q4_1"
  /// GGUF: 32 codes of 5 bits around 16 under one half scale.
  case q5v0 = "Q5_0"
  /// GGUF: 32 codes of 5 bits, half scale and half minimum.
  case q5v1 = "Q5_1"
  /// GGUF: 32 signed bytes under one half scale.
  case q8v0 = "Q8_0"
  /// GGUF: 256 codes of 2 bits; 16 scales and minima of 4 bits.
  case q2k = "Q2_K"
  /// GGUF: 256 codes of 3 bits; 16 scales of 6 bits.
  case q3k = "Q3_K"
  /// GGUF: 256 codes of 4 bits; 8 scales and minima of 6 bits.
  case q4k = "Q4_K"
  /// GGUF: 256 codes of 5 bits; 8 scales and minima of 6 bits.
  case q5k = "Q5_K"
  /// GGUF: 256 codes of 6 bits; 16 scales of 8 bits.
  case q6k = "Q6_K"
  /// GGUF: 32 codes of 4 bits into a fixed table, under one half scale.
  case iq4nl = "IQ4_NL"
  /// GGUF: 256 codes of 4 bits into a fixed table; 8 scales of 6 bits.
  case iq4xs = "IQ4_XS"
  /// GGUF: 32 E2M1 codes under one power of two.
  case mxfp4 = "MXFP4"

  /// Elements that lie in one block; 1 for the types without blocks.
  public var elementsPerBlock: Int { format.map { ck_format_elements($0) } ?? 1 }

  /// Bytes of one block: of one element for the types without blocks.
  public var bytesPerBlock: Int {
    if let format { return ck_format_bytes(format) }
    switch self {
    case .i64: return 8
    case .i32: return 4
    case .i16: return 2
    default: return 1
    }
  }

  /// Whether the elements are numbers with a fraction.
  public var isFloat: Bool { format != nil }

  /// The types that safetensors files hold.
  public static var safetensors: [DType] { allCases.filter { $0.elementsPerBlock == 1 } }

  /// How the decoders call it; nil for whole numbers.
  package var format: ck_format? {
    switch self {
    case .bf16: CK_FORMAT_BF16
    case .f16: CK_FORMAT_F16
    case .f32: CK_FORMAT_F32
    case .f64: CK_FORMAT_F64
    case .q4v0: CK_FORMAT_Q4_0
    case .q4v1: CK_FORMAT_Q4_1
    case .q5v0: CK_FORMAT_Q5_0
    case .q5v1: CK_FORMAT_Q5_1
    case .q8v0: CK_FORMAT_Q8_0
    case .q2k: CK_FORMAT_Q2_K
    case .q3k: CK_FORMAT_Q3_K
    case .q4k: CK_FORMAT_Q4_K
    case .q5k: CK_FORMAT_Q5_K
    case .q6k: CK_FORMAT_Q6_K
    case .iq4nl: CK_FORMAT_IQ4_NL
    case .iq4xs: CK_FORMAT_IQ4_XS
    case .mxfp4: CK_FORMAT_MXFP4
    case .i64, .i32, .i16, .i8, .u8, .bool: nil
    }
  }

  /// Bytes of a tensor of that shape; nil where an axis is negative, the product does not fit, or the last axis is no
  /// whole number of blocks.
  func byteCount(of shape: [Int]) -> Int? {
    guard (shape.last ?? 1) % elementsPerBlock == 0 || shape.contains(0) else { return nil }
    var count = bytesPerBlock
    for (at, axis) in shape.enumerated() {
      let blocks = at == shape.count - 1 ? axis / elementsPerBlock : axis
      let (product, overflow) = count.multipliedReportingOverflow(by: blocks)
      guard axis >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}

/// The float32 of a bfloat16's bits.
@inlinable public func float(bf16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// The nearest bfloat16 of a float32, ties to even; NaN stays NaN.
@inlinable public func bf16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
}
