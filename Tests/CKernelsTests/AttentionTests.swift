import CKernels
import TestKit
import Testing

private let dims = [1, 3, 8, 16, 17, 32, 64, 80]
private let headCounts: [(heads: Int, shared: Int)] = [(1, 1), (3, 1), (4, 2), (6, 3), (4, 4)]

@Suite("Attention", .timeLimit(.minutes(10)))
struct AttentionTests {
  /// A cache of random keys and values, with the queries of some rows that see it up to their lengths.
  private struct Problem {
    let heads: Int
    let shared: Int
    let dim: Int
    let lengths: [Int]
    let capacity: Int
    let queries: [Float]
    let key: [[Float]]
    let value: [[Float]]
    let keys: [Float]
    let values: [Float]
    var window: Int?
    var softCap: Float = 0
    var sinks: [Float] = []
    var scale: Float { 1 / Float(dim).squareRoot() }

    func first(_ row: Int) -> Int { window.map { max(0, lengths[row] - $0) } ?? 0 }

    init(heads: Int, shared: Int, dim: Int, lengths: [Int]) {
      self.heads = heads
      self.shared = shared
      self.dim = dim
      self.lengths = lengths
      capacity = ((lengths.max() ?? 0) + 15) / 16 * 16
      var numbers = TestNumbers(seed: UInt64(heads * 10_000 + shared * 1000 + dim))
      queries = numbers.floats(lengths.count * heads * dim).map { $0 * 4 }
      var key: [[Float]] = []
      var value: [[Float]] = []
      // What was never stored must not matter.
      var keys = [Float](repeating: .nan, count: shared * capacity * dim)
      var values = [Float](repeating: .nan, count: shared * capacity * ((dim + 15) / 16 * 16))
      for position in 0..<(lengths.max() ?? 0) {
        key.append(numbers.floats(shared * dim))
        value.append(numbers.floats(shared * dim))
        ck_store_kv(&keys, &values, capacity, position, shared, dim, key[position], value[position])
      }
      self.key = key
      self.value = value
      self.keys = keys
      self.values = values
    }

    func run(_ pool: Pool, _ set: ck_isa, rows chosen: Range<Int>? = nil) -> [Float] {
      let chosen = chosen ?? 0..<lengths.count
      let width = heads * dim
      var out = [Float](repeating: 0, count: chosen.count * width)
      var scratch = [Float](repeating: .nan, count: 2 * capacity)
      out.withUnsafeMutableBufferPointer { out in
        queries.withUnsafeBufferPointer { queries in
          keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
              let rows = chosen.enumerated().map { at, row in
                ck_attention_row(
                  query: queries.baseAddress.map { $0 + row * width },
                  out: out.baseAddress.map { $0 + at * width },
                  keys: keys.baseAddress,
                  values: values.baseAddress,
                  capacity: capacity,
                  first: first(row),
                  length: lengths[row]
                )
              }
              sinks.withUnsafeBufferPointer { sinks in
                var shape = ck_attention_shape(
                  heads: heads,
                  kv_heads: shared,
                  dim: dim,
                  scale: scale,
                  soft_cap: softCap,
                  sinks: sinks.isEmpty ? nil : sinks.baseAddress
                )
                ck_attention(pool.pointer, set, rows, rows.count, &shape, &scratch, capacity)
              }
            }
          }
        }
      }
      return out
    }

    /// Softmax attention in double precision, with a bound that follows the errors of the scores.
    func reference() -> (wanted: [Double], bounds: [Double]) {
      var wanted: [Double] = []
      var bounds: [Double] = []
      for (row, length) in lengths.enumerated() {
        for head in 0..<heads {
          let own = head * shared / heads
          var scores: [Double] = []
          var largest = 0.0
          for position in first(row)..<length {
            var score = 0.0
            var size = 0.0
            for d in 0..<dim {
              let product = Double(queries[(row * heads + head) * dim + d]) * Double(key[position][own * dim + d])
              score += product
              size += abs(product)
            }
            score *= Double(scale)
            if softCap > 0 { score = Double(softCap) * hyperbolicTangent(score / Double(softCap)) }
            scores.append(score)
            largest = max(largest, size * Double(scale), Double(softCap))
          }
          let sink = sinks.isEmpty ? nil : Double(sinks[head])
          let top = max(scores.max() ?? 0, sink ?? -.infinity)
          let weights = scores.map { exponential($0 - top) }
          let total = weights.reduce(0, +) + (sink.map { exponential($0 - top) } ?? 0)
          for d in 0..<dim {
            var sum = 0.0
            for (weight, position) in zip(weights, first(row)..<length) {
              sum += weight * Double(value[position][own * dim + d])
            }
            wanted.append(sum / total)
            // Values are at most 1; 1e-6 is the exponential's own error.
            bounds.append(2 * Double(dim + 2) * unit * largest + Double(length + 20) * unit + 1e-6)
          }
        }
      }
      return (wanted, bounds)
    }
  }

  @Test(
    "attention is that of the naive loop, with the same bits on every instruction set, thread count and row count",
    arguments: dims
  )
  func attention(dim: Int) throws {
    for (heads, shared) in headCounts {
      try expectReference(Problem(heads: heads, shared: shared, dim: dim, lengths: [1, 2, 15, 16, 17, 33, 48]))
    }
  }

  @Test(
    "so it is with windows, capped scores and sinks",
    arguments: [nil, 1, 7, 16, 20] as [Int?],
    [0, 0.5, 30] as [Float]
  )
  func parts(window: Int?, softCap: Float) throws {
    for (heads, shared) in headCounts {
      var problem = Problem(heads: heads, shared: shared, dim: 24, lengths: [1, 2, 15, 16, 17, 33, 48])
      problem.window = window
      problem.softCap = softCap
      try expectReference(problem)
      problem.sinks = (0..<heads).map { [-2, 0.25, 40, -300, 3, 1][$0] }
      try expectReference(problem)
    }
  }

  private func expectReference(_ problem: Problem) throws {
    let one = try Pool(1)
    let two = try Pool(2)
    do {
      let (heads, shared) = (problem.heads, problem.shared)
      let first = problem.run(one, CK_ISA_PORTABLE)
      let (wanted, bounds) = problem.reference()
      #expect(firstBeyond(first, wanted, bounds) == nil, "\(heads) heads, \(shared) shared")
      for set in availableSets {
        let name = "\(String(cString: ck_isa_name(set))), \(heads) heads, \(shared) shared"
        #expect(sameBits(problem.run(one, set), first), "\(name), one thread")
        #expect(sameBits(problem.run(two, set), first), "\(name), two threads")
        let alone = problem.lengths.indices.flatMap { problem.run(one, set, rows: $0..<($0 + 1)) }
        #expect(sameBits(alone, first), "\(name), each row alone")
      }
    }
  }

  @Test("a position that outweighs all others gives its own value")
  func sharp() throws {
    let pool = try Pool(1)
    let capacity = 32
    for set in availableSets {
      var keys = [Float](repeating: 0, count: capacity * 2)
      var values = [Float](repeating: 0, count: capacity * 16)
      for position in 0..<20 {
        let size: Float = position == 13 ? 500 : -500
        ck_store_kv(&keys, &values, capacity, position, 1, 2, [size, size], [Float(position), -1])
      }
      var out: [Float] = [0, 0]
      var scratch = [Float](repeating: 0, count: capacity)
      let query: [Float] = [1, 1]
      query.withUnsafeBufferPointer { query in
        out.withUnsafeMutableBufferPointer { out in
          keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
              let row = ck_attention_row(
                query: query.baseAddress,
                out: out.baseAddress,
                keys: keys.baseAddress,
                values: values.baseAddress,
                capacity: capacity,
                first: 0,
                length: 20
              )
              var shape = ck_attention_shape(heads: 1, kv_heads: 1, dim: 2, scale: 1, soft_cap: 0, sinks: nil)
              ck_attention(pool.pointer, set, [row], 1, &shape, &scratch, capacity)
            }
          }
        }
      }
      #expect(out == [13, -1])
    }
  }
}
