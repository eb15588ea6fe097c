/// The element types of safetensors files.
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

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .bf16, .f16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// Bytes of a tensor of that shape; nil where an axis is negative or the product does not fit.
  func byteCount(of shape: [Int]) -> Int? {
    var count = byteCount
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
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
