import CKernels
import TestKit
import Testing

private let widths = [1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 576]
private let rowCounts = [1, 2, 3, 5, 8, 9]

@Suite("Kernels on rows of activations", .timeLimit(.minutes(10)))
struct RowKernelTests {
  /// Runs a kernel on every instruction set and on one and two threads; all must give the same bits.
  private func onAll(_ what: String, _ run: (Pool, ck_isa) -> [Float]) throws -> [Float] {
    let one = try Pool(1)
    let two = try Pool(2)
    let first = run(one, CK_ISA_PORTABLE)
    for set in availableSets {
      let name = String(cString: ck_isa_name(set))
      #expect(sameBits(run(one, set), first), "\(what) on \(name)")
      #expect(sameBits(run(two, set), first), "\(what) on \(name) with two threads")
    }
    return first
  }

  @Test("the norm is that of the naive loop", arguments: widths)
  func norm(n: Int) throws {
    for rows in rowCounts + [n > 500 ? 101 : 4] {
      var numbers = TestNumbers(seed: UInt64(n * 100 + rows))
      let x = numbers.floats(rows * n).map { $0 * 30 }
      let weight = numbers.floats(n)
      let eps: Float = 1e-5
      let found = try onAll("norm of \(rows)x\(n)") { pool, set in
        var y = [Float](repeating: 0, count: rows * n)
        ck_rmsnorm(pool.pointer, set, x, weight, eps, rows, n, &y)
        return y
      }
      var wanted: [Double] = []
      for r in 0..<rows {
        let row = x[(r * n)..<((r + 1) * n)].map { Double($0) }
        let scale = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(n) + Double(eps)).squareRoot()
        wanted += zip(row, weight).map { $0 * scale * Double($1) }
      }
      #expect(firstBeyond(found, wanted, wanted.map { abs($0) * Double(n + 20) * unit }) == nil, "\(rows) rows")
      // In place, and each row alone.
      for set in availableSets {
        let pool = try Pool(1)
        var y = x
        y.withUnsafeMutableBufferPointer {
          guard let base = $0.baseAddress else { return }
          for r in 0..<rows { ck_rmsnorm(pool.pointer, set, base + r * n, weight, eps, 1, n, base + r * n) }
        }
        #expect(sameBits(y, found))
      }
    }
  }

  @Test("sums are exact to one rounding", arguments: widths)
  func sums(n: Int) throws {
    var numbers = TestNumbers(seed: UInt64(n))
    let x = numbers.floats(3 * n)
    let start = numbers.floats(3 * n)
    let bias = numbers.floats(n)
    let added = try onAll("sum") { _, set in
      var y = start
      ck_add(set, x, y.count, &y)
      return y
    }
    #expect(sameBits(added, zip(start, x).map { $0 + $1 }))
    let biased = try onAll("bias") { _, set in
      var y = start
      ck_add_bias(set, bias, 3, n, &y)
      return y
    }
    #expect(sameBits(biased, start.indices.map { start[$0] + bias[$0 % n] }))
  }

  @Test("a projected row has lost its direction, and a row without one is left alone", arguments: widths)
  func projection(n: Int) throws {
    let rows = 4
    var numbers = TestNumbers(seed: UInt64(n))
    let x = numbers.floats(rows * n)
    var direction = numbers.floats(n)
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    direction = direction.map { $0 / length }
    let strengths: [Float] = [1, 0.5, 1, -1]
    let found = try onAll("projection") { _, set in
      var y = x
      direction.withUnsafeBufferPointer {
        let directions = [$0.baseAddress, $0.baseAddress, nil, $0.baseAddress]
        ck_project(set, &y, rows, n, directions, strengths)
      }
      return y
    }
    #expect(sameBits(Array(found[(2 * n)..<(3 * n)]), Array(x[(2 * n)..<(3 * n)])))
    for r in [0, 1, 3] {
      let row = x[(r * n)..<((r + 1) * n)].map { Double($0) }
      let along = zip(row, direction).reduce(0) { $0 + $1.0 * Double($1.1) }
      let size = zip(row, direction).reduce(0) { $0 + abs($1.0 * Double($1.1)) }
      let amount = Double(strengths[r])
      let wanted = zip(row, direction).map { $0 - amount * along * Double($1) }
      let bounds = zip(wanted, direction).map {
        unit * (2 * abs($0) + Double(n + 4) * size * abs(amount * Double($1))) + 1e-30
      }
      #expect(firstBeyond(Array(found[(r * n)..<((r + 1) * n)]), wanted, bounds) == nil)
    }
  }

  @Test("the first element that is not finite is found", arguments: [Float.nan, .infinity, -.infinity])
  func finite(bad: Float) {
    var values = [Float](repeating: 3.4e38, count: 40)
    #expect(ck_first_nonfinite_f32(values, values.count) == -1)
    #expect(ck_first_nonfinite_bf16(values.map(truncatedBF16), values.count) == -1)
    #expect(ck_first_nonfinite_f32(values, 0) == -1)
    for at in [0, 17, 39] {
      values[at] = bad
      #expect(ck_first_nonfinite_f32(values, values.count) == at)
      #expect(ck_first_nonfinite_bf16(values.map(truncatedBF16), values.count) == at)
      values[at] = -1
    }
  }
}
