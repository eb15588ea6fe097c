public import Inference

/// A tensor that an edit changes when it is done to the weights.
public struct EditTarget: Sendable, Equatable {
  /// The axis of a tensor along which the residual stream lies.
  public enum Axis: Sendable, Equatable {
    /// [D, in]: a matrix that writes into the stream.
    case first
    /// […, D]: the embedding, a bias, the matrices of experts.
    case last
  }

  /// Its name in the checkpoint.
  public let tensor: String
  /// The site it belongs to.
  public let site: EditSite
  /// Where the stream lies in it.
  public let axis: Axis

  /// The tensors that a lane stands for, embedding first, then block by block; none for a lane that changes nothing or
  /// that no weights can hold (``EditLane/problemAsWeights(of:)``).
  public static func all(of lane: EditLane, in model: ModelDescription) -> [EditTarget] {
    guard !lane.isNone, lane.problemAsWeights(of: model) == nil else { return [] }
    var targets: [EditTarget] = []
    if lane.sites.contains(.embedding) {
      targets.append(EditTarget(tensor: model.naming.embedding, site: .embedding, axis: .last))
    }
    let editsBiases = lane.editsBiases(of: model)
    for layer in 0..<model.layerCount {
      func add(_ part: String, _ site: EditSite, _ axis: Axis = .first) {
        guard lane.acts(on: site, layer: layer, of: model) else { return }
        targets.append(EditTarget(tensor: model.naming.block(layer, part), site: site, axis: axis))
      }
      add("self_attn.o_proj.weight", .attentionOutput)
      if editsBiases, model.attention.biases.contains(.output) { add("self_attn.o_proj.bias", .attentionOutput, .last) }
      if model.feedForward.experts != nil {
        add("mlp.experts.down_proj", .mlpOutput, .last)
        if editsBiases, model.feedForward.hasBias { add("mlp.experts.down_proj_bias", .mlpOutput, .last) }
      } else {
        add("mlp.down_proj.weight", .mlpOutput)
        if editsBiases, model.feedForward.hasBias { add("mlp.down_proj.bias", .mlpOutput, .last) }
      }
    }
    return targets
  }
}
