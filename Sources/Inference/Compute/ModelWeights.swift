internal import CKernels
internal import Tensors

/// The weights of one block.
struct BlockWeights: Sendable {
  let attentionNorm: [Float]
  let query: WeightMatrix
  let key: WeightMatrix
  let value: WeightMatrix
  let attentionOutput: WeightMatrix
  let mlpNorm: [Float]
  let gate: WeightMatrix
  let up: WeightMatrix
  let down: WeightMatrix
}

/// All weights of a model, read once and shared by every system that runs on it.
struct ModelWeights: Sendable {
  let embedding: EmbeddingTable
  let blocks: [BlockWeights]
  let finalNorm: [Float]
  let head: WeightMatrix

  /// Reads and checks the tensors; `edit` changes weights as they are read (edited tensors are float32).
  init(
    _ files: CheckpointWeights,
    _ model: ModelDescription,
    compute: ComputePath,
    edit: EditLane,
    budget: WeightBudget
  )
    throws(TensorError)
  {
    let reader = WeightReader(files: files, compute: compute, edit: edit, budget: budget)
    let d = model.hiddenSize
    let queryWidth = model.headCount * model.headSize
    let kvWidth = model.kvHeadCount * model.headSize
    var blocks: [BlockWeights] = []
    for layer in 0..<model.layerCount {
      func matrix(_ name: String, _ out: Int, _ width: Int, _ hasBias: Bool, _ site: EditSite? = nil)
        throws(TensorError) -> WeightMatrix
      {
        let acts = site.map { edit.acts(on: $0, layer: layer) } ?? false
        return try reader.matrix(
          "model.layers.\(layer).\(name)",
          out: out,
          width: width,
          hasBias: hasBias,
          edited: acts
        )
      }
      func norm(_ name: String) throws(TensorError) -> [Float] {
        try reader.vector("model.layers.\(layer).\(name).weight", d)
      }
      let attentionBias = model.hasAttentionBias
      let mlpBias = model.hasMLPBias
      blocks.append(
        BlockWeights(
          attentionNorm: try norm("input_layernorm"),
          query: try matrix("self_attn.q_proj", queryWidth, d, attentionBias),
          key: try matrix("self_attn.k_proj", kvWidth, d, attentionBias),
          value: try matrix("self_attn.v_proj", kvWidth, d, attentionBias),
          attentionOutput: try matrix("self_attn.o_proj", d, queryWidth, attentionBias, .attentionOutput),
          mlpNorm: try norm("post_attention_layernorm"),
          gate: try matrix("mlp.gate_proj", model.mlpSize, d, mlpBias),
          up: try matrix("mlp.up_proj", model.mlpSize, d, mlpBias),
          down: try matrix("mlp.down_proj", d, model.mlpSize, mlpBias, .mlpOutput)
        )
      )
    }
    self.blocks = blocks
    finalNorm = try reader.vector("model.norm.weight", d)

    let (vocabulary, table) = (
      model.vocabularySize, try files.tensor("model.embed_tokens.weight", shape: [model.vocabularySize, d])
    )
    var edited: [Float]?
    if !edit.isNone, edit.sites.contains(.embedding) {
      try reader.check(table)
      let rows = edit.editingRows(try table.floats(), count: vocabulary)
      edited = rows
      embedding = try EmbeddingTable(edited: rows, count: vocabulary, width: d)
    } else {
      embedding = try EmbeddingTable(table)
      // A tied head looks at every element when it is packed.
      if !model.hasTiedHead { try reader.check(table) }
    }
    if !model.hasTiedHead {
      head = try reader.matrix("lm_head", out: vocabulary, width: d, hasBias: false, edited: false)
    } else if let edited {
      head = try WeightMatrix(
        rows: edited,
        out: vocabulary,
        width: d,
        bias: nil,
        compute: compute,
        budget: budget
      )
    } else {
      head = try WeightMatrix(table, bias: nil, compute: compute, budget: budget)
    }
  }
}

/// Reads tensors by name and shape and refuses those that are not finite.
private struct WeightReader {
  let files: CheckpointWeights
  let compute: ComputePath
  let edit: EditLane
  let budget: WeightBudget

  func vector(_ name: String, _ count: Int) throws(TensorError) -> [Float] {
    let tensor = try files.tensor(name, shape: [count])
    try check(tensor)
    return try tensor.floats()
  }

  func matrix(_ name: String, out: Int, width: Int, hasBias: Bool, edited: Bool) throws(TensorError) -> WeightMatrix {
    let tensor = try files.tensor("\(name).weight", shape: [out, width])
    let bias: [Float]? = hasBias ? try vector("\(name).bias", out) : nil
    guard edited else { return try WeightMatrix(tensor, bias: bias, compute: compute, budget: budget) }
    try check(tensor)
    let rows = edit.editingWriter(try tensor.floats(), out: out, in: width)
    return try WeightMatrix(rows: rows, out: out, width: width, bias: bias, compute: compute, budget: budget)
  }

  /// A single NaN would spread to every answer without a sign of where it came from.
  func check(_ tensor: Tensor) throws(TensorError) {
    let at = try StoredMatrix.firstDamage(of: tensor)
    guard at < 0 else {
      throw .badTensor(
        file: tensor.path,
        tensor: tensor.name,
        problem: "element \(at) is NaN or infinite: the checkpoint is damaged; fetch it again"
      )
    }
  }
}
