internal import CKernels
internal import COpenBLAS

/// One row of a step: one position of one sequence.
struct StepRow {
  let cache: SequenceCache
  let position: Int
  let token: Int32
  let lane: EditLane
  let wantsLogits: Bool
}

/// What a step shows while it runs, row-major [rows, D].
protocol StepObserver {
  /// The residual stream: 0 after the embedding, k after block k.
  func residual(layer: Int, rows: UnsafeBufferPointer<Float>)
  /// The stream after the final norm.
  func normalized(rows: UnsafeBufferPointer<Float>)
}

/// Runs steps of the model. Not shared: whoever owns it calls it from one place at a time.
///
/// Every output element is reduced in one fixed order, so neither the other rows of a step, nor how a prompt is cut into
/// steps, nor the number of threads changes a bit of a result.
final class Executor {
  private let model: ModelDescription
  private let weights: ModelWeights
  private let pool: OpaquePointer
  private let isa: ck_isa
  private var rope: RopeTable
  private var buffers = Buffers()
  private var attentionScratch = FloatBuffer()
  private var weightScratch = FloatBuffer()

  private static let blockRows = WeightMatrix.blockRows

  init?(_ model: ModelDescription, _ weights: ModelWeights, threads: Int, isa: ck_isa) {
    guard let pool = ck_pool_create(Int32(threads)) else { return nil }
    self.model = model
    self.weights = weights
    self.pool = pool
    self.isa = isa
    rope = RopeTable(model.rope, headSize: model.headSize)
    // Our own pool does the threading; two pools would fight for the cores and split sums differently.
    openblas_set_num_threads(1)
  }

  deinit { ck_pool_destroy(pool) }

  private struct Buffers: ~Copyable {
    var stream = FloatBuffer()
    var normed = FloatBuffer()
    var query = FloatBuffer()
    var key = FloatBuffer()
    var value = FloatBuffer()
    var attended = FloatBuffer()
    var written = FloatBuffer()
    var gate = FloatBuffer()
    var up = FloatBuffer()
    var headInput = FloatBuffer()
    var logits = FloatBuffer()
  }

  /// Runs one step; the rows of a sequence come in the order of their positions. Returns the logits [n, V] of the n rows
  /// that want them, valid until the next step.
  func step(_ rows: [StepRow], observer: (any StepObserver)? = nil) -> UnsafeBufferPointer<Float> {
    let count = rows.count
    let padded = (count + Self.blockRows - 1) / Self.blockRows * Self.blockRows
    let d = model.hiddenSize
    let queryWidth = model.headCount * model.headSize
    let kvWidth = model.kvHeadCount * model.headSize
    let stream = buffers.stream.at(least: padded * d)
    let normed = buffers.normed.at(least: padded * d)
    let query = buffers.query.at(least: padded * queryWidth)
    let key = buffers.key.at(least: padded * kvWidth)
    let value = buffers.value.at(least: padded * kvWidth)
    let attended = buffers.attended.at(least: padded * queryWidth)
    let written = buffers.written.at(least: padded * d)
    let gate = buffers.gate.at(least: padded * model.mlpSize)
    let up = buffers.up.at(least: padded * model.mlpSize)
    func show(_ layer: Int) {
      observer?.residual(layer: layer, rows: UnsafeBufferPointer(start: stream, count: count * d))
    }

    embed(rows, into: stream)
    project(rows, stream, site: .embedding, layer: nil)
    show(0)
    rope.extend(to: (rows.map(\.position).max() ?? 0) + 1)
    let scale = 1 / Float(model.headSize).squareRoot()

    for (layer, block) in weights.blocks.enumerated() {
      ck_rmsnorm(pool, isa, stream, block.attentionNorm, model.normEpsilon, count, d, normed)
      multiply(block.query, normed, count, query)
      multiply(block.key, normed, count, key)
      multiply(block.value, normed, count, value)
      for (matrix, out) in [(block.query, query), (block.key, key), (block.value, value)] {
        addBias(matrix, count, out)
      }
      rotate(rows, query, key)
      for (index, row) in rows.enumerated() {
        ck_store_kv(
          row.cache.keys(layer),
          row.cache.values(layer),
          row.cache.capacity,
          row.position,
          model.kvHeadCount,
          model.headSize,
          key + index * kvWidth,
          value + index * kvWidth
        )
      }
      attend(rows, layer, query, attended, scale)
      multiply(block.attentionOutput, attended, count, written)
      project(rows, written, site: .attentionOutput, layer: layer)
      addBias(block.attentionOutput, count, written)
      ck_add(isa, written, count * d, stream)

      ck_rmsnorm(pool, isa, stream, block.mlpNorm, model.normEpsilon, count, d, normed)
      multiply(block.gate, normed, count, gate)
      multiply(block.up, normed, count, up)
      addBias(block.gate, count, gate)
      addBias(block.up, count, up)
      ck_swiglu(pool, isa, gate, up, count, model.mlpSize)
      multiply(block.down, gate, count, written)
      project(rows, written, site: .mlpOutput, layer: layer)
      addBias(block.down, count, written)
      ck_add(isa, written, count * d, stream)
      show(layer + 1)
    }
    for row in rows { row.cache.length = max(row.cache.length, row.position + 1) }
    return logits(rows, stream, normed, observer)
  }

  private func logits(
    _ rows: [StepRow],
    _ stream: UnsafeMutablePointer<Float>,
    _ normed: UnsafeMutablePointer<Float>,
    _ observer: (any StepObserver)?
  ) -> UnsafeBufferPointer<Float> {
    let d = model.hiddenSize
    let wanted = rows.indices.filter { rows[$0].wantsLogits }
    if observer != nil {
      ck_rmsnorm(pool, isa, stream, weights.finalNorm, model.normEpsilon, rows.count, d, normed)
      observer?.normalized(rows: UnsafeBufferPointer(start: normed, count: rows.count * d))
    }
    guard !wanted.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
    let padded = (wanted.count + Self.blockRows - 1) / Self.blockRows * Self.blockRows
    let input = buffers.headInput.at(least: padded * d)
    for (to, from) in wanted.enumerated() { (input + to * d).update(from: stream + from * d, count: d) }
    ck_rmsnorm(pool, isa, input, weights.finalNorm, model.normEpsilon, wanted.count, d, input)
    // E' h = E (h − s·r(r·h)): with a tied head the embedding's edit is an edit of the head's input.
    if model.hasTiedHead { project(wanted.map { rows[$0] }, input, site: .embedding, layer: nil) }
    let out = buffers.logits.at(least: padded * model.vocabularySize)
    multiply(weights.head, input, wanted.count, out)
    return UnsafeBufferPointer(start: out, count: wanted.count * model.vocabularySize)
  }

  private func embed(_ rows: [StepRow], into stream: UnsafeMutablePointer<Float>) {
    let d = model.hiddenSize
    for (index, row) in rows.enumerated() {
      weights.embedding.copy(Int(row.token), isa: isa, to: stream + index * d)
    }
  }

  /// Removes the lanes' directions from the rows that carry one here.
  private func project(_ rows: [StepRow], _ x: UnsafeMutablePointer<Float>, site: EditSite, layer: Int?) {
    let d = model.hiddenSize
    for (index, row) in rows.enumerated() {
      let lane = row.lane
      guard !lane.isNone, lane.sites.contains(site), layer == nil || lane.acts(on: site, layer: layer ?? 0) else {
        continue
      }
      lane.direction.withUnsafeBufferPointer { direction in
        var pointer = direction.baseAddress
        var strength = lane.strength
        ck_project(isa, x + index * d, 1, d, &pointer, &strength)
      }
    }
  }

  private func addBias(_ matrix: WeightMatrix, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
    guard let bias = matrix.bias else { return }
    ck_add_bias(isa, bias, count, matrix.out, out)
  }

  private func rotate(_ rows: [StepRow], _ query: UnsafeMutablePointer<Float>, _ key: UnsafeMutablePointer<Float>) {
    let pairs = rope.pairs
    rope.cosine.withUnsafeBufferPointer { cosine in
      rope.sine.withUnsafeBufferPointer { sine in
        guard let cosine = cosine.baseAddress, let sine = sine.baseAddress else { return }
        let cosines: [UnsafePointer<Float>?] = rows.map { cosine + $0.position * pairs }
        let sines: [UnsafePointer<Float>?] = rows.map { sine + $0.position * pairs }
        ck_rope(isa, query, rows.count, model.headCount, model.headSize, cosines, sines)
        ck_rope(isa, key, rows.count, model.kvHeadCount, model.headSize, cosines, sines)
      }
    }
  }

  private func attend(
    _ rows: [StepRow],
    _ layer: Int,
    _ query: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>,
    _ scale: Float
  ) {
    let width = model.headCount * model.headSize
    let jobs = rows.enumerated().map { index, row in
      ck_attention_row(
        query: query + index * width,
        out: out + index * width,
        keys: row.cache.keys(layer),
        values: row.cache.values(layer),
        capacity: row.cache.capacity,
        length: row.position + 1
      )
    }
    let longest = ((rows.map(\.position).max() ?? 0) + 16) / 16 * 16
    let scratch = attentionScratch.at(least: longest * Int(ck_pool_threads(pool)))
    ck_attention(
      pool,
      isa,
      jobs,
      jobs.count,
      model.headCount,
      model.kvHeadCount,
      model.headSize,
      scale,
      scratch,
      longest
    )
  }

  /// y = x Wᵀ. Both buffers hold whole blocks of 64 rows.
  private func multiply(
    _ matrix: WeightMatrix,
    _ x: UnsafeMutablePointer<Float>,
    _ rows: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    matrix.multiply(pool, isa, x, rows, y, scratch: &weightScratch)
  }
}

/// Memory that only grows, zeroed when allotted.
struct FloatBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<Float>
  private var count: Int

  init() {
    count = 64
    base = .allocate(capacity: 64)
    base.initialize(repeating: 0, count: 64)
  }

  deinit { base.deallocate() }

  /// A pointer to at least so many floats; what was there before is lost when it grows.
  mutating func at(least wanted: Int) -> UnsafeMutablePointer<Float> {
    if wanted > count {
      base.deallocate()
      base = .allocate(capacity: wanted)
      base.initialize(repeating: 0, count: wanted)
      count = wanted
    }
    return base
  }
}
