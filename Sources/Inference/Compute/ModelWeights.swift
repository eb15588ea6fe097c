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
  /// Rows of the embedding, row-major [V, D].
  enum Embedding: Sendable {
    case bf16([UInt16])
    case f32([Float])
  }

  let embedding: Embedding
  let blocks: [BlockWeights]
  let finalNorm: [Float]
  let head: WeightMatrix

  /// Reads and checks the tensors; `edit` changes weights as they are read (edited tensors are float32).
  init(_ files: CheckpointWeights, _ model: ModelDescription, compute: ComputePath, edit: EditLane)
    throws(TensorError)
  {
    let reader = WeightReader(files: files, model: model, compute: compute, edit: edit)
    let d = model.hiddenSize
    var blocks: [BlockWeights] = []
    for layer in 0..<model.layerCount {
      blocks.append(
        BlockWeights(attention: try reader.attention(layer), feedForward: try reader.feedForward(layer))
      )
    }
    self.blocks = blocks
    finalNorm = try reader.norm("\(model.naming.base)norm", d)

    let table = try files.tensor(model.naming.embedding, shape: [model.vocabularySize, d])
    try reader.check(table)
    let editsEmbedding = !edit.isNone && edit.sites.contains(.embedding)
    var edited: [Float]?
    if editsEmbedding {
      let rows = edit.editingRows(try table.floats(), count: model.vocabularySize)
      edited = rows
      embedding = .f32(rows)
    } else if table.dtype == .bf16 {
      embedding = .bf16(try table.bf16Bits())
    } else {
      embedding = .f32(try table.floats())
    }
    if !model.hasTiedHead {
      head = try reader.matrix(model.naming.head, out: model.vocabularySize, width: d)
    } else if let edited {
      head = WeightMatrix(rows: edited, out: model.vocabularySize, width: d, bias: nil, compute: compute)
    } else {
      head = try WeightMatrix(table, bias: nil, compute: compute)
    }
  }
}
