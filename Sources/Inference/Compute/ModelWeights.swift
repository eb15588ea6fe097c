internal import CKernels
internal import Tensors

/// The weights of one block. Norms that the model does not declare are empty.
struct BlockWeights: Sendable {
  let attention: AttentionWeights
  let feedForward: FeedForwardWeights
}

/// The weights of a block's attention.
struct AttentionWeights: Sendable {
  let norm: [Float]
  let postNorm: [Float]
  /// Queries, keys, values; or one matrix that stacks the three.
  let inputs: [WeightMatrix]
  let queryNorm: [Float]
  let keyNorm: [Float]
  /// One for each query head, or empty.
  let sinks: [Float]
  let output: WeightMatrix
}

/// The weights of a block's MLP.
struct FeedForwardWeights: Sendable {
  let norm: [Float]
  let postNorm: [Float]
  /// Scores of the experts; nil without.
  let router: WeightMatrix?
  /// One MLP, or as many as there are experts.
  let parts: [GatedWeights]
}

/// The weights of one gated MLP.
struct GatedWeights: Sendable {
  /// Gate and up; or one matrix that holds both.
  let inputs: [WeightMatrix]
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
    let reader = WeightReader(files: files, model: model, compute: compute, edit: edit, budget: budget)
    let d = model.hiddenSize
    var blocks: [BlockWeights] = []
    for layer in 0..<model.layerCount {
      blocks.append(
        BlockWeights(attention: try reader.attention(layer), feedForward: try reader.feedForward(layer))
      )
    }
    self.blocks = blocks
    finalNorm = try reader.norm("\(model.naming.base)norm", d)

    let vocabulary = model.vocabularySize
    let table = try files.tensor(model.naming.embedding, shape: [vocabulary, d])
    var edited: [Float]?
    if !edit.isNone, edit.sites.contains(.embedding) {
      try reader.check(table)
      let rows = edit.editingRows(try table.floats(), count: vocabulary)
      edited = rows
      embedding = try EmbeddingTable(edited: rows, count: vocabulary, width: d)
    } else {
      embedding = try EmbeddingTable(table)
      // A tied head looks at every element when it is packed, and gives the pages back.
      if !model.hasTiedHead {
        try reader.check(table)
        table.giveBack()
      }
    }
    if !model.hasTiedHead {
      head = try reader.matrix(model.naming.head, out: vocabulary, width: d)
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
