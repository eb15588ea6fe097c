import CKernels
import TestKit
import Testing

private let widths = [1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 576]

@Suite("Kernels of a block", .timeLimit(.minutes(10)))
struct BlockKernelTests {
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

  /// What an activation makes of gate and up, and how far the kernel may be off.
  private static func reference(_ kind: ck_gate, _ g: Double, _ u: Double) -> (value: Double, bound: Double) {
    switch kind.activation {
    case CK_GELU_TANH:
      let t = hyperbolicTangent((2 / Double.pi).squareRoot() * (g + 0.044715 * g * g * g))
      // Where the tangent is near -1 the sum 1 + t cancels.
      return (0.5 * g * (1 + t) * u, (abs(0.5 * g * (1 + t)) * 2e-6 + abs(g) * 4e-7) * abs(u) + 1e-35)
    case CK_GELU_ERF:
      let t = errorFunction(g / 2.0.squareRoot())
      return (0.5 * g * (1 + t) * u, (abs(0.5 * g * (1 + t)) * 2e-6 + abs(g) * 4e-7) * abs(u) + 1e-35)
    case CK_CLAMPED:
      let (limit, alpha) = (Double(kind.limit), Double(kind.alpha))
      let (x, up) = (min(g, limit), max(-limit, min(u, limit)))
      let value = x / (1 + exponential(-alpha * x)) * (up + 1)
      return (value, abs(x) * 4e-6 * (abs(up) + 1) + 1e-35)
    default:
      let value = g / (1 + exponential(-g)) * u
      // Below -87 the kernel's exponential is 0, where the true product is under 1e-36.
      return (value, abs(value) * 1e-6 + 1e-35)
    }
  }

  private static let kinds = [
    ck_gate(activation: CK_SILU, interleaved: 0, limit: 0, alpha: 0),
    ck_gate(activation: CK_GELU_TANH, interleaved: 0, limit: 0, alpha: 0),
    ck_gate(activation: CK_GELU_ERF, interleaved: 0, limit: 0, alpha: 0),
    ck_gate(activation: CK_CLAMPED, interleaved: 0, limit: 7, alpha: 1.702),
    ck_gate(activation: CK_CLAMPED, interleaved: 0, limit: 0.75, alpha: 0.5),
  ]

  @Test(
    "a gate is its formula over the whole range, from rows apart, one matrix or turns",
    arguments: kinds.indices,
    widths
  )
  func gates(kind: Int, n: Int) throws {
    var gate = Self.kinds[kind]
    for rows in [1, 3, n > 500 ? 101 : 4] {
      var numbers = TestNumbers(seed: UInt64(n + rows))
      let edges: [Float] = [0, -0.0, 1e-30, -1e-30, 87, -87, 88.5, -88.5, -86.99, 200, -200, 1e12, -1e12]
      var gates = numbers.floats(rows * n).map { $0 * 20 }
      for (at, edge) in edges.enumerated() where at < gates.count { gates[gates.count - 1 - at] = edge }
      let ups = numbers.floats(rows * n).map { $0 * 2 }
      let found = try onAll("gate of \(rows)x\(n)") { pool, set in
        var y = [Float](repeating: .nan, count: rows * n)
        ck_gated(pool.pointer, set, &gate, gates, ups, n, rows, n, &y)
        return y
      }
      let wanted = zip(gates, ups).map { Self.reference(gate, Double($0), Double($1)) }
      let (values, bounds) = (wanted.map { $0.value }, wanted.map { $0.bound })
      #expect(firstBeyond(found, values, bounds) == nil, "\(rows) rows")
      // Gates and ups of a row behind each other, and in turns.
      let rowRange = { (row: Int) in (row * n)..<((row + 1) * n) }
      let stacked = (0..<rows).flatMap { Array(gates[rowRange($0)]) + Array(ups[rowRange($0)]) }
      let turns = zip(gates, ups).flatMap { [$0, $1] }
      for set in availableSets {
        let pool = try Pool(2)
        var y = [Float](repeating: .nan, count: rows * n)
        stacked.withUnsafeBufferPointer { both in
          ck_gated(pool.pointer, set, &gate, both.baseAddress, both.baseAddress.map { $0 + n }, 2 * n, rows, n, &y)
        }
        #expect(sameBits(y, found), "stacked")
        var other = gate
        other.interleaved = 1
        ck_gated(pool.pointer, set, &other, turns, nil, 2 * n, rows, n, &y)
        #expect(sameBits(y, found), "in turns")
      }
    }
  }

  @Test("what is no number stays none", arguments: kinds.indices)
  func notANumber(kind: Int) throws {
    let pool = try Pool(1)
    var gate = Self.kinds[kind]
    for set in availableSets {
      var y: [Float] = [0, 0]
      ck_gated(pool.pointer, set, &gate, [.nan, 1], [1, .nan], 2, 1, 2, &y)
      #expect(y.allSatisfy { $0.isNaN })
    }
  }

  @Test("a capped number is cap · tanh(x / cap)", arguments: [0.5, 4, 30, 50] as [Float])
  func caps(cap: Float) throws {
    for n in widths {
      var numbers = TestNumbers(seed: UInt64(n))
      var x = numbers.floats(3 * n).map { $0 * cap * 3 }
      x[0] = 1e-20
      x[1] = -1e30
      x[2] = cap / 4
      let found = try onAll("cap") { pool, set in
        var y = x
        ck_soft_cap(pool.pointer, set, &y, 3, n, cap)
        return y
      }
      let wanted = x.map { Double(cap) * hyperbolicTangent(Double($0) / Double(cap)) }
      #expect(firstBeyond(found, wanted, wanted.map { abs($0) * 8e-7 }) == nil)
    }
  }

  @Test("a scaled sum rounds once", arguments: widths)
  func scaledSum(n: Int) throws {
    var numbers = TestNumbers(seed: UInt64(n))
    let (x, start) = (numbers.floats(n), numbers.floats(n))
    let found = try onAll("scaled sum") { _, set in
      var y = start
      ck_add_scaled(set, x, 0.3, n, &y)
      return y
    }
    #expect(sameBits(found, zip(start, x).map { $0.addingProduct($1, 0.3) }))
  }

  @Test(
    "rotation turns each pair by its angle and leaves the rest alone",
    arguments: [(2, 1), (6, 3), (16, 8), (16, 4), (30, 15), (24, 5), (64, 32), (80, 20), (128, 64)]
  )
  func rotation(dim: Int, pairs: Int) throws {
    let (rows, heads, gap) = (3, 3, 5)
    let stride = heads * dim + gap
    var numbers = TestNumbers(seed: UInt64(dim))
    let x = numbers.floats(rows * stride)
    let cosine = numbers.floats(rows * pairs)
    let sine = numbers.floats(rows * pairs)
    for interleaved in [false, true] {
      var rotation = ck_rotation(dim: dim, pairs: pairs, interleaved: interleaved ? 1 : 0)
      let found = try onAll("rotation") { _, set in
        var y = x
        cosine.withUnsafeBufferPointer { cosine in
          sine.withUnsafeBufferPointer { sine in
            let cosines = (0..<rows).map { row in cosine.baseAddress.map { $0 + row * pairs } }
            let sines = (0..<rows).map { row in sine.baseAddress.map { $0 + row * pairs } }
            ck_rope(set, &y, rows, stride, heads, &rotation, cosines, sines)
          }
        }
        return y
      }
      var wanted = x.map { Double($0) }
      var bounds = [Double](repeating: 0, count: x.count)
      for r in 0..<rows {
        for h in 0..<heads {
          for i in 0..<pairs {
            let start = r * stride + h * dim
            let (one, other) = interleaved ? (start + 2 * i, start + 2 * i + 1) : (start + i, start + i + pairs)
            let (a, b) = (Double(x[one]), Double(x[other]))
            let (c, s) = (Double(cosine[r * pairs + i]), Double(sine[r * pairs + i]))
            wanted[one] = a * c - b * s
            wanted[other] = b * c + a * s
            bounds[one] = 3 * unit * (abs(a * c) + abs(b * s))
            bounds[other] = 3 * unit * (abs(b * c) + abs(a * s))
          }
        }
      }
      #expect(firstBeyond(found, wanted, bounds) == nil, "neighbours: \(interleaved)")
    }
  }

  @Test(
    "a transposed matrix has its rows where the columns were, from any address",
    arguments: [(1, 1), (33, 70), (64, 5)]
  )
  func transposition(rows: Int, columns: Int) {
    let values = (0..<(rows * columns)).map { Float($0) }
    var out = [Float](repeating: -1, count: values.count)
    ck_transpose(values, rows, columns, 4, &out)
    let wanted = (0..<columns).flatMap { c in (0..<rows).map { $0 * columns + c } }
    #expect(out.map { Int($0) } == wanted)
    let odd = [UInt8(7)] + (0..<(rows * columns)).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    var small = [UInt16](repeating: 0, count: values.count)
    odd.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { ck_transpose(base + 1, rows, columns, 2, &small) }
    }
    #expect(small.map { Int($0) } == wanted)
  }
}
