internal import CKernels
internal import COpenBLAS

/// One row of a step: one position of one sequence.
struct StepRow {
  let cache: SequenceCache
  let position: Int
  let token: Int32
  let lane: EditLane
  let wantsLogits: Bool
  /// Tokens of the sequence that is being read, of which this is one.
  let sequenceLength: Int
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
  let model: ModelDescription
  let weights: ModelWeights
  let pool: OpaquePointer
  let isa: ck_isa
  /// One table for each kind of rotary embedding, and which of them each block uses.
  var ropes: [RopeTable] = []
  private(set) var ropeOfLayer: [Int?] = []
  var buffers = Buffers()
  var experts = ExpertBuffers()
  private var weightScratch = FloatBuffer()

  static let blockRows = WeightMatrix.blockRows

  init?(_ model: ModelDescription, _ weights: ModelWeights, threads: Int, isa: ck_isa) {
    guard let pool = ck_pool_create(Int32(threads)) else { return nil }
    self.model = model
    self.weights = weights
    self.pool = pool
    self.isa = isa
    for layer in model.layers {
      guard let rope = layer.rope else {
        ropeOfLayer.append(nil)
        continue
      }
      if !ropes.contains(where: { $0.rope == rope }) { ropes.append(RopeTable(rope)) }
      ropeOfLayer.append(ropes.firstIndex { $0.rope == rope })
    }
    // Our own pool does the threading; two pools would fight for the cores and split sums differently.
    openblas_set_num_threads(1)
  }

  deinit { ck_pool_destroy(pool) }

  struct Buffers: ~Copyable {
    var stream = FloatBuffer()
    var normed = FloatBuffer()
    var query = FloatBuffer()
    var key = FloatBuffer()
    var value = FloatBuffer()
    var attended = FloatBuffer()
    var scratch = FloatBuffer()
    var written = FloatBuffer()
    var gate = FloatBuffer()
    var up = FloatBuffer()
    var inner = FloatBuffer()
    var headInput = FloatBuffer()
    var logits = FloatBuffer()
  }

  /// Rows that a matrix product needs: whole blocks.
  static func padded(_ rows: Int) -> Int { (rows + blockRows - 1) / blockRows * blockRows }

  /// Runs one step; the rows of a sequence come in the order of their positions. Returns the logits [n, V] of the n rows
  /// that want them, valid until the next step.
  func step(_ rows: [StepRow], observer: (any StepObserver)? = nil) -> UnsafeBufferPointer<Float> {
    let count = rows.count
    let padded = Self.padded(count)
    let d = model.hiddenSize
    let stream = buffers.stream.at(least: padded * d)
    let normed = buffers.normed.at(least: padded * d)
    let written = buffers.written.at(least: padded * d)
    func show(_ layer: Int) {
      observer?.residual(layer: layer, rows: UnsafeBufferPointer(start: stream, count: count * d))
    }

    embed(rows, into: stream)
    project(rows, stream) { $0.sites.contains(.embedding) }
    show(0)
    for table in ropes.indices { ropes[table].extend(to: (rows.map(\.position).max() ?? 0) + 1) }

    for (layer, block) in weights.blocks.enumerated() {
      ck_rmsnorm(pool, isa, stream, block.attention.norm, model.norm.epsilon, count, d, normed)
      let attended = attend(rows, layer, block.attention, normed)
      multiply(block.attention.output, attended, count, written)
      let isEdited = { (lane: EditLane) in lane.acts(on: .attentionOutput, layer: layer, of: self.model) }
      finish(rows, block.attention.output.bias.map { .everyRow($0) }, written, isEdited)
      add(rows, layer, block.attention.postNorm, written, stream)

      ck_rmsnorm(pool, isa, stream, block.feedForward.norm, model.norm.epsilon, count, d, normed)
      let bias = feedForward(block.feedForward, normed, count, written)
      finish(rows, bias, written) { $0.acts(on: .mlpOutput, layer: layer, of: model) }
      add(rows, layer, block.feedForward.postNorm, written, stream)
      show(layer + 1)
    }
    for row in rows { row.cache.length = max(row.cache.length, row.position + 1) }
    return logits(rows, stream, normed, observer)
  }

  /// What is added to rows behind a matrix that writes into the stream.
  enum Bias {
    case everyRow([Float])
    /// [rows, D].
    case ofEachRow(UnsafeMutablePointer<Float>)
  }

  /// Adds the bias of what a block wrote and takes the directions of the lanes that act there out of it, in the order
  /// that each lane asks for.
  private func finish(
    _ rows: [StepRow],
    _ bias: Bias?,
    _ written: UnsafeMutablePointer<Float>,
    _ isEdited: (EditLane) -> Bool
  ) {
    let d = model.hiddenSize
    if bias != nil { project(rows, written) { isEdited($0) && !$0.editsBiases(of: model) } }
    switch bias {
    case .everyRow(let bias): ck_add_bias(isa, bias, rows.count, d, written)
    case .ofEachRow(let bias): ck_add(isa, bias, rows.count * d, written)
    case nil: break
    }
    project(rows, written) { isEdited($0) && (bias == nil || $0.editsBiases(of: model)) }
  }

  /// Adds what a block wrote to the stream, behind its post-norm.
  private func add(
    _ rows: [StepRow],
    _ layer: Int,
    _ norm: [Float],
    _ written: UnsafeMutablePointer<Float>,
    _ stream: UnsafeMutablePointer<Float>
  ) {
    let d = model.hiddenSize
    if !norm.isEmpty { ck_rmsnorm(pool, isa, written, norm, model.norm.epsilon, rows.count, d, written) }
    project(rows, written) { $0.acts(on: .residualWrites, layer: layer, of: model) }
    ck_add(isa, written, rows.count * d, stream)
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
      ck_rmsnorm(pool, isa, stream, weights.finalNorm, model.norm.epsilon, rows.count, d, normed)
      observer?.normalized(rows: UnsafeBufferPointer(start: normed, count: rows.count * d))
    }
    guard !wanted.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
    let padded = Self.padded(wanted.count)
    let input = buffers.headInput.at(least: padded * d)
    for (to, from) in wanted.enumerated() { (input + to * d).update(from: stream + from * d, count: d) }
    ck_rmsnorm(pool, isa, input, weights.finalNorm, model.norm.epsilon, wanted.count, d, input)
    // E' h = E (h − s·r(r·h)): with a tied head the embedding's edit is an edit of the head's input.
    if model.hasTiedHead { project(wanted.map { rows[$0] }, input) { $0.sites.contains(.embedding) } }
    let out = buffers.logits.at(least: padded * model.vocabularySize)
    multiply(weights.head, input, wanted.count, out)
    if let cap = model.logitSoftCap { ck_soft_cap(pool, isa, out, wanted.count, model.vocabularySize, cap) }
    return UnsafeBufferPointer(start: out, count: wanted.count * model.vocabularySize)
  }

  private func embed(_ rows: [StepRow], into stream: UnsafeMutablePointer<Float>) {
    let (d, scale) = (model.hiddenSize, model.embeddingScale)
    for (index, row) in rows.enumerated() {
      let to = stream + index * d
      weights.embedding.copy(Int(row.token), isa: isa, to: to)
      if scale != 1 { for k in 0..<d { to[k] *= scale } }
    }
  }

  /// Takes the direction of a row's lane out of the row where the lane acts.
  private func project(_ rows: [StepRow], _ x: UnsafeMutablePointer<Float>, _ acts: (EditLane) -> Bool) {
    let d = model.hiddenSize
    for (index, row) in rows.enumerated() {
      let lane = row.lane
      guard !lane.isNone, acts(lane) else { continue }
      lane.direction.withUnsafeBufferPointer { direction in
        var pointer = direction.baseAddress
        var strength = lane.strength
        ck_project(isa, x + index * d, 1, d, &pointer, &strength)
      }
    }
  }

  func addBias(_ matrix: WeightMatrix, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
    guard let bias = matrix.bias else { return }
    ck_add_bias(isa, bias, count, matrix.out, out)
  }

  /// y = x Wᵀ. Both buffers hold whole blocks of 64 rows.
  func multiply(
    _ matrix: WeightMatrix,
    _ x: UnsafeMutablePointer<Float>,
    _ rows: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    matrix.multiply(pool, isa, x, rows, y, scratch: &weightScratch)
  }
}
