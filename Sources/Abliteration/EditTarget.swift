public import Inference

/// A tensor that an edit changes when it is done to the weights.
public struct EditTarget: Sendable, Equatable {
  /// Its name in the checkpoint.
  public let tensor: String
  /// The site it belongs to.
  public let site: EditSite

  /// The tensors that a lane stands for, embedding first, then block by block; none for a lane that changes nothing.
  public static func all(of lane: EditLane, in model: ModelDescription) -> [EditTarget] {
    guard !lane.isNone else { return [] }
    var targets: [EditTarget] = []
    func add(_ tensor: String, _ site: EditSite) {
      if lane.sites.contains(site) { targets.append(EditTarget(tensor: tensor, site: site)) }
    }
    add("model.embed_tokens.weight", .embedding)
    for layer in 0..<model.layerCount where lane.layers?.contains(layer) ?? true {
      add("model.layers.\(layer).self_attn.o_proj.weight", .attentionOutput)
      add("model.layers.\(layer).mlp.down_proj.weight", .mlpOutput)
    }
    return targets
  }
}
