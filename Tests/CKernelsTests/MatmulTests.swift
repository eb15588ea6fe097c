import CKernels
import TestKit
import Testing

/// Odd sizes around the widths of panels and tiles; the last ones are large enough to be split over threads.
private let shapes: [(out: Int, in: Int)] = [
  (1, 1), (1, 7), (15, 3), (16, 16), (17, 31), (31, 5), (32, 64), (33, 33), (47, 1), (48, 20), (70, 100), (129, 65),
]
private let rowCounts = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17]

@Suite("Matrix products", .timeLimit(.minutes(10)))
struct MatmulTests {
  /// A matrix and activations, with the double-precision product and the bound of a float32 chain's error.
  private struct Problem {
    let out: Int
    let inner: Int
    let rows: Int
    let x: [Float]
    let packedF32: [Float]
    let packedBF16: [UInt16]
    let wanted: [Double]
    let bounds: [Double]

    init(out: Int, inner: Int, rows: Int) {
      self.out = out
      self.inner = inner
      self.rows = rows
      var numbers = TestNumbers(seed: UInt64(out * 1_000_000 + inner * 1000 + rows))
      // Values of bfloat16, so that both forms of the matrix hold the same numbers.
      let bits = numbers.floats(out * inner).map(truncatedBF16)
      let weights = bits.map(widened)
      x = numbers.floats(rows * inner)
      let count = ck_packed_count(out, inner)
      var f32 = [Float](repeating: .nan, count: count)
      var bf16 = [UInt16](repeating: .max, count: count)
      ck_pack_f32(weights, out, inner, &f32)
      ck_pack_bf16(bits, out, inner, &bf16)
      packedF32 = f32
      packedBF16 = bf16
      var wanted = [Double](repeating: 0, count: rows * out)
      var bounds = wanted
      x.withUnsafeBufferPointer { x in
        weights.withUnsafeBufferPointer { weights in
          for r in 0..<rows {
            for o in 0..<out {
              var sum = 0.0
              var size = 0.0
              for k in 0..<inner {
                let product = Double(x[r * inner + k]) * Double(weights[o * inner + k])
                sum += product
                size += abs(product)
              }
              wanted[r * out + o] = sum
              bounds[r * out + o] = Double(inner) * unit * size + 1e-30
            }
          }
        }
      }
      self.wanted = wanted
      self.bounds = bounds
    }

    func product(_ pool: Pool, _ set: ck_isa, isF32: Bool, rows chosen: Range<Int>? = nil) -> [Float] {
      let chosen = chosen ?? 0..<rows
      // One element more than needed shows a kernel that writes too far.
      var y = [Float](repeating: 12345, count: chosen.count * out + 1)
      func run(_ packed: UnsafeRawPointer?) {
        var matrix = ck_matrix(packed: packed, is_f32: isF32 ? 1 : 0, out: out, in: inner)
        x[(chosen.lowerBound * inner)..<(chosen.upperBound * inner)].withUnsafeBufferPointer { x in
          ck_matmul(pool.pointer, set, &matrix, x.baseAddress, chosen.count, &y)
        }
      }
      if isF32 {
        packedF32.withUnsafeBytes { run($0.baseAddress) }
      } else {
        packedBF16.withUnsafeBytes { run($0.baseAddress) }
      }
      #expect(y.removeLast() == 12345, "the element after the result was overwritten")
      return y
    }
  }

  @Test(
    "the product is that of the naive loop, with the same bits on every instruction set, thread count and row count",
    arguments: shapes
  )
  func product(out: Int, inner: Int) throws {
    let one = try Pool(1)
    let two = try Pool(2)
    for rows in rowCounts {
      let problem = Problem(out: out, inner: inner, rows: rows)
      let first = problem.product(one, CK_ISA_PORTABLE, isF32: true)
      #expect(firstBeyond(first, problem.wanted, problem.bounds) == nil, "\(rows) rows")
      for set in availableSets {
        for isF32 in [true, false] {
          let name = "\(String(cString: ck_isa_name(set))), f32 \(isF32), \(rows) rows"
          #expect(sameBits(problem.product(one, set, isF32: isF32), first), "\(name), one thread")
          #expect(sameBits(problem.product(two, set, isF32: isF32), first), "\(name), two threads")
          guard rows == rowCounts.last else { continue }
          let alone = (0..<rows).flatMap { problem.product(one, set, isF32: isF32, rows: $0..<($0 + 1)) }
          #expect(sameBits(alone, first), "\(name), each row alone")
        }
      }
    }
  }

  @Test("packing puts sixteen outputs side by side and fills the last panel with zeros", arguments: [1, 16, 17, 40])
  func packing(out: Int) {
    let inner = 3
    let rows = (0..<(out * inner)).map { Float($0 + 1) }
    var packed = [Float](repeating: .nan, count: ck_packed_count(out, inner))
    ck_pack_f32(rows, out, inner, &packed)
    #expect(packed.count == (out + 15) / 16 * 16 * inner)
    for at in packed.indices {
      let o = at / (16 * inner) * 16 + at % 16
      let k = at / 16 % inner
      #expect(packed[at] == (o < out ? rows[o * inner + k] : 0))
    }
  }

  @Test("the fastest instruction set is one that the processor runs, and each has its name")
  func sets() {
    #expect(availableSets.contains(ck_isa_best()))
    #expect(ck_isa_available(ck_isa(rawValue: 99)) == 0)
    #expect(
      [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512].map { String(cString: ck_isa_name($0)) }
        == ["portable", "avx2", "avx512"]
    )
  }
}
