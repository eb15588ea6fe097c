import CKernels

/// The instruction sets that this processor runs.
let availableSets = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512].filter { ck_isa_available($0) != 0 }

/// Half the distance of 1 to the next float32: the relative error of one rounding.
let unit = 0x1p-24

/// A pool for the length of a test.
final class Pool {
  let pointer: OpaquePointer

  init(_ threads: Int32) throws {
    guard let pointer = ck_pool_create(threads) else { throw NoPool() }
    self.pointer = pointer
  }

  struct NoPool: Error {}

  deinit { ck_pool_destroy(pointer) }
}

/// Equal to the last bit, so that 0 and -0 differ and NaN equals itself.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
}

/// The index of the first element that is further from its reference than its bound.
func firstBeyond(_ found: [Float], _ wanted: [Double], _ bounds: [Double]) -> Int? {
  guard found.count == wanted.count else { return -1 }
  return found.indices.first { !(abs(Double(found[$0]) - wanted[$0]) <= bounds[$0]) }
}

/// The bits of the nearest bfloat16 below in magnitude; enough to make test weights.
func truncatedBF16(_ value: Float) -> UInt16 { UInt16(value.bitPattern >> 16) }

/// The value of bfloat16 bits.
func widened(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
