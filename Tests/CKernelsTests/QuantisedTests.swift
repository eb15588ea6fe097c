import CKernels
import TestKit
import Testing

@Suite("Weights in 8 and 4 bits", .timeLimit(.minutes(10)))
struct QuantisedTests {
  /// A packed matrix read back: the scale and code of every weight.
  private static func read(_ packed: [UInt8], _ layout: ck_layout, out: Int, inner: Int) -> [(scale: Float, code: Int)]
  {
    let size = layout == CK_LAYOUT_INT8 ? 576 : 320
    let groups = (inner + 31) / 32
    return (0..<(out * inner)).map { at in
      let (o, k) = (at / inner, at % inner)
      let group = (o / 16 * groups + k / 32) * size
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(packed[group + o % 16 * 4 + $1]) << UInt32(8 * $1) }
      let code: Int
      if layout == CK_LAYOUT_INT8 {
        code = Int(Int8(bitPattern: packed[group + 64 + k % 32 * 16 + o % 16]))
      } else {
        code = Int(packed[group + 64 + k % 32 / 2 * 16 + o % 16] >> (k % 2 == 0 ? 0 : 4) & 15) - 8
      }
      return (Float(bitPattern: bits), code)
    }
  }

  @Test(
    "codes are the nearest ones under the scale of the largest weight of 32",
    arguments: [CK_LAYOUT_INT8, CK_LAYOUT_INT4],
    [(1, 5), (16, 32), (17, 64), (40, 100), (33, 300)]
  )
  func codes(layout: ck_layout, shape: (out: Int, inner: Int)) throws {
    let (out, inner) = shape
    let pool = try Pool(2)
    var numbers = TestNumbers(seed: UInt64(out * 1000 + inner))
    var weights = numbers.floats(out * inner)
    // A group of zeros, and one of subnormal numbers, which count as zeros.
    for k in 0..<min(inner, 32) { weights[k] = 0 }
    if inner > 64 { for k in 64..<min(inner, 96) { weights[k] = .leastNonzeroMagnitude * 700 } }
    let stored = StoredWeights(f32: weights, out: out, inner: inner)
    let packed = stored.packed(pool, CK_ISA_PORTABLE, layout).bytes
    for set in availableSets { #expect(stored.packed(pool, set, layout).bytes == packed) }
    let found = Self.read(packed, layout, out: out, inner: inner)
    for (at, weight) in weights.enumerated() {
      let (o, k) = (at / inner, at % inner)
      let start = o * inner + k / 32 * 32
      let group = weights[start..<min(start + 32, (o + 1) * inner)]
      let most = group.max { abs($0) < abs($1) } ?? 0
      let scale = layout == CK_LAYOUT_INT8 ? abs(most) / 127 : most / -8
      let (low, high) = layout == CK_LAYOUT_INT8 ? (-127, 127) : (-8, 7)
      if abs(most) < 1e-30 {
        #expect(found[at].code == 0)
        continue
      }
      #expect(abs(found[at].scale) == abs(scale))
      let exact = Double(weight) / Double(found[at].scale)
      let clamped = min(max(exact, Double(low)), Double(high))
      // Half a step, and the rounding of the quotient.
      #expect(abs(Double(found[at].code) - clamped) <= 0.5 + 1e-4, "weight \(at)")
    }
  }

  @Test(
    "the product has the bits of the rounded weights' float32 product, on every set, thread and row count",
    arguments: [CK_LAYOUT_INT8, CK_LAYOUT_INT4]
  )
  func product(layout: ck_layout) throws {
    let (one, two) = (try Pool(1), try Pool(2))
    for (out, inner) in [(1, 1), (15, 33), (16, 32), (47, 64), (70, 100), (129, 65)] {
      var numbers = TestNumbers(seed: UInt64(out + inner))
      let bits = numbers.floats(out * inner).map(truncatedBF16)
      let x = numbers.floats(17 * inner)
      let stored = StoredWeights(bf16: bits, out: out, inner: inner)
      let packed = stored.packed(one, CK_ISA_PORTABLE, layout).bytes
      let rounded = Self.read(packed, layout, out: out, inner: inner).map { Float($0.code) * $0.scale }
      let plain = StoredWeights(f32: rounded, out: out, inner: inner)
      for rows in [1, 2, 7, 8, 9, 17] {
        let part = Array(x[..<(rows * inner)])
        let wanted = plain.product(one, CK_ISA_PORTABLE, .packed(CK_LAYOUT_F32), x: part, rows: rows)
        for set in availableSets {
          for pool in [one, two] {
            #expect(sameBits(stored.product(pool, set, .packed(layout), x: part, rows: rows), wanted))
            #expect(sameBits(stored.product(pool, set, .stored(layout), x: part, rows: rows), wanted))
          }
        }
      }
    }
  }
}
