internal import CKernels

/// How fast this machine multiplies matrices of bfloat16 weights, by a measurement of about a second: what an estimate of
/// computing time rests on.
public struct MatrixRate: Sendable, Equatable {
  /// Multiplications and additions a second with many rows at once, as in prompts and batches.
  public let flops: Double
  /// Bytes of weights a second with a single row, as when one answer is decoded alone; infinite where it is not known.
  public let bytes: Double
  /// Spread of the repetitions, (slowest − fastest) / median of their times; 0 for a declared rate.
  public let spread: Double

  /// A declared rate.
  public init(flops: Double, bytes: Double = .infinity, spread: Double = 0) {
    self.flops = flops
    self.bytes = bytes
    self.spread = spread
  }

  /// Multiplies a matrix of 64 MB, larger than most caches, with 64 rows and with one.
  /// - Throws: ``EngineError/noThreads``.
  public static func measure(threads: Int, repetitions: Int = 5) throws(EngineError) -> MatrixRate {
    guard let pool = ck_pool_create(Int32(threads)) else { throw .noThreads }
    defer { ck_pool_destroy(pool) }
    let (out, width, rows) = (8192, 4096, 64)
    // 1/64 in bfloat16: any number that is neither zero nor subnormal takes the same time.
    let packed = [UInt16](repeating: 0x3C80, count: ck_packed_bytes(CK_LAYOUT_BF16, out, width) / 2)
    let x = [Float](repeating: 0.5, count: rows * width)
    var y = [Float](repeating: 0, count: rows * out)
    func times(_ rows: Int) -> [Double] {
      packed.withUnsafeBytes { weights in
        var matrix = ck_matrix(packed: weights.baseAddress, layout: CK_LAYOUT_BF16, out: out, in: width)
        return (0...max(1, repetitions)).map { _ in
          let start = ContinuousClock.now
          ck_matmul(pool, ck_isa_best(), &matrix, x, rows, &y)
          return (ContinuousClock.now - start) / .seconds(1)
        }.dropFirst().sorted()
      }
    }
    let (many, one) = (times(rows), times(1))
    let (middle, single) = (many[many.count / 2], one[one.count / 2])
    return MatrixRate(
      flops: 2 * Double(out * width * rows) / max(middle, 1e-9),
      bytes: 2 * Double(out * width) / max(single, 1e-9),
      spread: ((many.last ?? middle) - (many.first ?? middle)) / max(middle, 1e-9)
    )
  }
}
