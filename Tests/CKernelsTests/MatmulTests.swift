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
    let stored: StoredWeights
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
      stored = StoredWeights(bf16: bits, out: out, inner: inner)
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

    func product(_ pool: Pool, _ set: ck_isa, _ way: ProductWay, rows chosen: Range<Int>? = nil) -> [Float] {
      let chosen = chosen ?? 0..<rows
      let part = Array(x[(chosen.lowerBound * inner)..<(chosen.upperBound * inner)])
      return stored.product(pool, set, way, x: part, rows: chosen.count)
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
      let first = problem.product(one, CK_ISA_PORTABLE, .packed(CK_LAYOUT_F32))
      #expect(firstBeyond(first, problem.wanted, problem.bounds) == nil, "\(rows) rows")
      for set in availableSets {
        for way in ProductWay.exact {
          let name = "\(String(cString: ck_isa_name(set))), \(way), \(rows) rows"
          #expect(sameBits(problem.product(one, set, way), first), "\(name), one thread")
          #expect(sameBits(problem.product(two, set, way), first), "\(name), two threads")
          guard rows == rowCounts.last else { continue }
          let alone = (0..<rows).flatMap { problem.product(one, set, way, rows: $0..<($0 + 1)) }
          #expect(sameBits(alone, first), "\(name), each row alone")
        }
      }
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
