internal import CKernels

extension Executor {
  /// What the heads of a block attended, [rows, heads · head size]; keys and values go to the caches of the rows.
  func attend(_ rows: [StepRow], _ layer: Int, _ weights: AttentionWeights, _ normed: UnsafeMutablePointer<Float>)
    -> UnsafeMutablePointer<Float>
  {
    let shape = model.attention
    let padded = Self.padded(rows.count)
    let (queryWidth, kvWidth) = (shape.headCount * shape.headSize, shape.kvHeadCount * shape.headSize)
    let fused = queryWidth + 2 * kvWidth
    let query = buffers.query.at(least: padded * (shape.isFused ? fused : queryWidth))
    // Of one matrix, a row holds queries, keys and values one behind the other.
    let key = shape.isFused ? query + queryWidth : buffers.key.at(least: padded * kvWidth)
    let value = shape.isFused ? key + kvWidth : buffers.value.at(least: padded * kvWidth)
    let (queryStride, kvStride) = shape.isFused ? (fused, fused) : (queryWidth, kvWidth)
    for (matrix, out) in zip(weights.inputs, [query, key, value]) {
      multiply(matrix, normed, rows.count, out)
      addBias(matrix, rows.count, out)
    }
    normalizeHeads(query, rows.count, queryStride, shape.headCount, weights.queryNorm)
    normalizeHeads(key, rows.count, kvStride, shape.kvHeadCount, weights.keyNorm)
    if let table = ropeOfLayer[layer] {
      let rope = ropes[table].rope
      var rotation = ck_rotation(dim: shape.headSize, pairs: rope.pairs, interleaved: rope.isInterleaved ? 1 : 0)
      ropes[table].withAngles(of: rows) { cosines, sines in
        ck_rope(isa, query, rows.count, queryStride, shape.headCount, &rotation, cosines, sines)
        ck_rope(isa, key, rows.count, kvStride, shape.kvHeadCount, &rotation, cosines, sines)
      }
    }
    for (index, row) in rows.enumerated() {
      ck_store_kv(
        row.cache.keys(layer),
        row.cache.values(layer),
        row.cache.capacity,
        row.position,
        shape.kvHeadCount,
        shape.headSize,
        key + index * kvStride,
        value + index * kvStride
      )
    }
    let attended = buffers.attended.at(least: padded * queryWidth)
    attend(rows, layer, weights.sinks, query, queryStride, attended)
    return attended
  }

  private func normalizeHeads(
    _ x: UnsafeMutablePointer<Float>,
    _ rows: Int,
    _ stride: Int,
    _ heads: Int,
    _ norm: [Float]
  ) {
    guard !norm.isEmpty else { return }
    for row in 0..<rows {
      let start = x + row * stride
      ck_rmsnorm(pool, isa, start, norm, model.norm.epsilon, heads, model.headSize, start)
    }
  }

  private func attend(
    _ rows: [StepRow],
    _ layer: Int,
    _ sinks: [Float],
    _ query: UnsafeMutablePointer<Float>,
    _ queryStride: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let (attention, window) = (model.attention, model.layers[layer].window)
    let width = attention.headCount * attention.headSize
    let jobs = rows.enumerated().map { index, row in
      ck_attention_row(
        query: query + index * queryStride,
        out: out + index * width,
        keys: row.cache.keys(layer),
        values: row.cache.values(layer),
        capacity: row.cache.capacity,
        first: window.map { max(0, row.position + 1 - $0) } ?? 0,
        length: row.position + 1
      )
    }
    let longest = ((rows.map(\.position).max() ?? 0) + 16) / 16 * 16
    let scratch = buffers.scratch.at(least: longest * Int(ck_pool_threads(pool)))
    sinks.withUnsafeBufferPointer { sinks in
      var shape = ck_attention_shape(
        heads: attention.headCount,
        kv_heads: attention.kvHeadCount,
        dim: attention.headSize,
        scale: attention.scale,
        soft_cap: attention.softCap ?? 0,
        sinks: sinks.isEmpty ? nil : sinks.baseAddress
      )
      ck_attention(pool, isa, jobs, jobs.count, &shape, scratch, longest)
    }
  }
}
