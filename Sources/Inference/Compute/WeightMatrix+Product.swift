internal import CKernels
internal import COpenBLAS
internal import Tensors

extension WeightMatrix {
  /// Row blocks of the float32 path: OpenBLAS takes other kernels for few rows, so it always sees this many.
  static let blockRows = 64
  private static let blockOutputs = 512

  /// y [rows, out] = x [rows, in] Wᵀ. Both buffers hold whole blocks of 64 rows; `scratch` is for weights on their way from a
  /// file. A streamed matrix gives the same bits as a packed one.
  func multiply(
    _ pool: OpaquePointer,
    _ isa: ck_isa,
    _ x: UnsafeMutablePointer<Float>,
    _ rows: Int,
    _ y: UnsafeMutablePointer<Float>,
    scratch: inout FloatBuffer
  ) {
    if let panels = layout.panels {
      if let memory {
        var described = ck_matrix(packed: memory.base, layout: panels, out: out, in: width)
        ck_matmul(pool, isa, &described, x, rows, y)
      } else if let stored {
        let space = scratch.at(least: ck_stored_scratch_bytes(pool, panels, width) / 4 + 1)
        stored.withRows { ck_matmul_stored(pool, isa, $0, out, width, panels, x, rows, y, space) }
      }
    } else if let memory {
      blocks(pool, memory.base.assumingMemoryBound(to: Float.self), 0..<out, x, rows, y)
    } else if let stored {
      // As many blocks of outputs at a time as there are threads to take them.
      let step = Self.blockOutputs * Int(ck_pool_threads(pool))
      let space = scratch.at(least: step * width)
      for first in stride(from: 0, to: out, by: step) {
        let part = first..<min(first + step, out)
        stored.withRows { _ = ck_unpack(pool, isa, $0, part.lowerBound, part.count, width, space) }
        blocks(pool, space, part, x, rows, y)
      }
    }
  }

  /// The outputs `part`, whose float32 rows begin at `weights`.
  private func blocks(
    _ pool: OpaquePointer,
    _ weights: UnsafePointer<Float>,
    _ part: Range<Int>,
    _ x: UnsafeMutablePointer<Float>,
    _ rows: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let chunks = (part.count + Self.blockOutputs - 1) / Self.blockOutputs
    var job = BlockProduct(
      weights: weights,
      x: x,
      y: y + part.lowerBound,
      out: out,
      count: part.count,
      width: width,
      chunks: chunks,
      blockRows: Self.blockRows,
      blockOutputs: Self.blockOutputs
    )
    let tasks = (rows + Self.blockRows - 1) / Self.blockRows * chunks
    ck_pool_run(pool, { BlockProduct.run($0, $1) }, &job, tasks)
  }
}

/// A float32 product cut into blocks of fixed size, each one call of OpenBLAS.
private struct BlockProduct {
  let weights: UnsafePointer<Float>
  let x: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  /// Outputs of the whole matrix: the distance of rows of y.
  let out: Int
  /// Outputs of this product.
  let count: Int
  let width: Int
  let chunks: Int
  let blockRows: Int
  let blockOutputs: Int

  static func run(_ context: UnsafeMutableRawPointer?, _ task: Int) {
    guard let job = context?.assumingMemoryBound(to: BlockProduct.self).pointee else { return }
    let row = task / job.chunks * job.blockRows
    let first = task % job.chunks * job.blockOutputs
    let outputs = min(job.blockOutputs, job.count - first)
    cblas_sgemm(
      CblasRowMajor,
      CblasNoTrans,
      CblasTrans,
      blasint(job.blockRows),
      blasint(outputs),
      blasint(job.width),
      1,
      job.x + row * job.width,
      blasint(job.width),
      job.weights + first * job.width,
      blasint(job.width),
      0,
      job.y + row * job.out + first,
      blasint(job.out)
    )
  }
}
