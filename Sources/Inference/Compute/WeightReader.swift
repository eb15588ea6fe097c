internal import CKernels
internal import Tensors

/// Reads the tensors of a description by name and shape, refuses those that are not finite, and edits the matrices that
/// write into the residual stream.
struct WeightReader {
  let files: CheckpointWeights
  let model: ModelDescription
  let compute: ComputePath
  let edit: EditLane
  let budget: WeightBudget

  func attention(_ layer: Int) throws(TensorError) -> AttentionWeights {
    let (shape, d) = (model.attention, model.hiddenSize)
    let (query, kv) = (shape.headCount * shape.headSize, shape.kvHeadCount * shape.headSize)
    func name(_ part: String) -> String { model.naming.block(layer, "self_attn.\(part)") }
    func projection(_ part: String, _ out: Int, _ kind: AttentionProjection) throws(TensorError) -> WeightMatrix {
      try matrix(name(part), out: out, width: d, hasBias: shape.biases.contains(kind))
    }
    let inputs: [WeightMatrix] =
      shape.isFused
      ? [try projection("qkv_proj", query + 2 * kv, .query)]
      : [
        try projection("q_proj", query, .query), try projection("k_proj", kv, .key),
        try projection("v_proj", kv, .value),
      ]
    return AttentionWeights(
      norm: try norm(model.naming.block(layer, model.norm.attentionInput), d),
      postNorm: try model.norm.attentionOutput.map { (part) throws(TensorError) -> [Float] in
        try norm(model.naming.block(layer, part), d)
      } ?? [],
      inputs: inputs,
      queryNorm: shape.hasHeadNorms ? try norm(name("q_norm"), shape.headSize) : [],
      keyNorm: shape.hasHeadNorms ? try norm(name("k_norm"), shape.headSize) : [],
      sinks: shape.hasSinks ? try vector(name("sinks"), shape.headCount) : [],
      output: try matrix(
        name("o_proj"),
        out: d,
        width: query,
        hasBias: shape.biases.contains(.output),
        isEdited: edit.acts(on: .attentionOutput, layer: layer, of: model)
      )
    )
  }

  func feedForward(_ layer: Int) throws(TensorError) -> FeedForwardWeights {
    let (declared, d) = (model.feedForward, model.hiddenSize)
    let isEdited = edit.acts(on: .mlpOutput, layer: layer, of: model)
    func name(_ part: String) -> String { model.naming.block(layer, "mlp.\(part)") }
    var router: WeightMatrix?
    var parts: [GatedWeights]
    if let experts = declared.experts {
      router = try matrix(name("router"), out: experts.count, width: d, hasBias: true)
      parts = try self.experts(layer, experts, isEdited: isEdited)
    } else {
      func input(_ part: String, _ out: Int) throws(TensorError) -> WeightMatrix {
        try matrix(name(part), out: out, width: d, hasBias: declared.hasBias)
      }
      let inner = declared.innerSize
      let inputs =
        declared.isFused
        ? [try input("gate_up_proj", 2 * inner)] : [try input("gate_proj", inner), try input("up_proj", inner)]
      let down = try matrix(
        name("down_proj"),
        out: d,
        width: inner,
        hasBias: declared.hasBias,
        isEdited: isEdited
      )
      parts = [GatedWeights(inputs: inputs, down: down)]
    }
    return FeedForwardWeights(
      norm: try norm(model.naming.block(layer, model.norm.mlpInput), d),
      postNorm: try model.norm.mlpOutput.map { (part) throws(TensorError) -> [Float] in
        try norm(model.naming.block(layer, part), d)
      } ?? [],
      router: router,
      parts: parts
    )
  }

  private func experts(_ layer: Int, _ declared: FeedForwardDescription.Experts, isEdited: Bool)
    throws(TensorError) -> [GatedWeights]
  {
    let (d, inner) = (model.hiddenSize, model.feedForward.innerSize)
    let base = model.naming.block(layer, "mlp.experts")
    func stack(_ part: String, out: Int, width: Int) throws(TensorError) -> ExpertMatrices {
      try ExpertMatrices(files, "\(base).\(part)", count: declared.count, out: out, width: width)
    }
    let ups = try stack("gate_up_proj", out: 2 * inner, width: d)
    let downs = try stack("down_proj", out: d, width: inner)
    let upBiases = try stackedVectors("\(base).gate_up_proj_bias", declared.count, 2 * inner)
    let downBiases = try stackedVectors("\(base).down_proj_bias", declared.count, d)
    var parts: [GatedWeights] = []
    for expert in 0..<declared.count {
      let input = try ups.matrix(expert, bias: upBiases[expert], compute: compute, budget: budget)
      let down: WeightMatrix
      if isEdited {
        let rows = edit.editingWriter(try downs.floats(expert), out: d, in: inner)
        down = try WeightMatrix(
          rows: rows,
          out: d,
          width: inner,
          bias: edited(downBiases[expert]),
          compute: compute,
          budget: budget
        )
      } else {
        down = try downs.matrix(expert, bias: downBiases[expert], compute: compute, budget: budget)
      }
      parts.append(GatedWeights(inputs: [input], down: down))
    }
    return parts
  }

  /// The gain of a norm, as it is multiplied.
  func norm(_ name: String, _ count: Int) throws(TensorError) -> [Float] {
    let weight = try vector("\(name).weight", count)
    return model.norm.addsOne ? weight.map { 1 + $0 } : weight
  }

  func vector(_ name: String, _ count: Int) throws(TensorError) -> [Float] {
    let tensor = try files.tensor(name, shape: [count])
    try check(tensor)
    return try tensor.floats()
  }

  private func stackedVectors(_ name: String, _ count: Int, _ width: Int) throws(TensorError) -> [[Float]] {
    let tensor = try files.tensor(name, shape: [count, width])
    try check(tensor)
    let floats = try tensor.floats()
    return (0..<count).map { Array(floats[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// A writer's bias under the edit, which takes the direction out of it too if it says so.
  private func edited(_ bias: [Float]) -> [Float] {
    edit.editsBiases(of: model) ? edit.editingRows(bias, count: 1) : bias
  }

  func matrix(_ name: String, out: Int, width: Int, hasBias: Bool = false, isEdited: Bool = false)
    throws(TensorError) -> WeightMatrix
  {
    let tensor = try files.tensor("\(name).weight", shape: [out, width])
    let bias: [Float]? = hasBias ? try vector("\(name).bias", out) : nil
    guard isEdited else { return try WeightMatrix(tensor, bias: bias, compute: compute, budget: budget) }
    try check(tensor)
    let rows = edit.editingWriter(try tensor.floats(), out: out, in: width)
    return try WeightMatrix(
      rows: rows,
      out: out,
      width: width,
      bias: bias.map { edited($0) },
      compute: compute,
      budget: budget
    )
  }

  /// A single NaN would spread to every answer without a sign of where it came from.
  func check(_ tensor: Tensor) throws(TensorError) {
    let at = try StoredMatrix.firstDamage(of: tensor)
    guard at < 0 else { throw Self.damaged(tensor, at) }
  }

  static func damaged(_ tensor: Tensor, _ element: Int) -> TensorError { damaged(tensor.path, tensor.name, element) }

  static func damaged(_ path: String, _ name: String, _ element: Int) -> TensorError {
    .badTensor(
      file: path,
      tensor: name,
      problem: "element \(element) is NaN or infinite: the checkpoint is damaged; fetch it again"
    )
  }
}
