public import JSON

extension ModelDescription {
  /// The description as facts: sizes, attention, MLP, norms, and the blocks in runs of equal ones.
  public var facts: JSONValue {
    [
      "architecture": .string(architecture),
      "parameters": .integer(Int64(parameterCount)),
      "layers": .integer(Int64(layerCount)),
      "hidden_size": .integer(Int64(hiddenSize)),
      "vocabulary": .integer(Int64(vocabularySize)),
      "context": .integer(Int64(contextLength)),
      "attention": attention.facts,
      "feed_forward": feedForward.facts,
      "norm": norm.facts,
      "blocks": .array(blockRuns.map { $0.facts }),
      "embedding_scale": number(embeddingScale),
      "logit_soft_cap": number(logitSoftCap),
      "tied_head": .bool(hasTiedHead),
      "tensors": ["base": .string(naming.base), "head": .string(hasTiedHead ? naming.embedding : naming.headWeight)],
    ]
  }

  /// Consecutive blocks that are alike.
  public struct BlockRun: Sendable {
    /// 0-based blocks.
    public let layers: ClosedRange<Int>
    /// What they have of their own.
    public let layer: LayerDescription

    var facts: JSONValue {
      [
        "layers": [.integer(Int64(layers.lowerBound)), .integer(Int64(layers.upperBound))],
        "window": layer.window.map { .integer(Int64($0)) } ?? .null,
        "rope": layer.rope?.facts ?? .null,
      ]
    }
  }

  /// The blocks in runs of equal ones.
  public var blockRuns: [BlockRun] {
    var runs: [BlockRun] = []
    for (index, layer) in layers.enumerated() {
      if let last = runs.last, last.layer == layer {
        runs[runs.count - 1] = BlockRun(layers: last.layers.lowerBound...index, layer: layer)
      } else {
        runs.append(BlockRun(layers: index...index, layer: layer))
      }
    }
    return runs
  }
}

/// A float32 by its shortest decimal, so that 1e-6 reads so.
private func number(_ value: Float?) -> JSONValue {
  value.map { .number(Double($0.description) ?? Double($0)) } ?? .null
}

extension AttentionDescription {
  var facts: JSONValue {
    [
      "heads": .integer(Int64(headCount)),
      "kv_heads": .integer(Int64(kvHeadCount)),
      "head_size": .integer(Int64(headSize)),
      "scale": number(scale),
      "biases": .array(AttentionProjection.allCases.filter { biases.contains($0) }.map { .string($0.rawValue) }),
      "fused": .bool(isFused),
      "head_norms": .bool(hasHeadNorms),
      "soft_cap": number(softCap),
      "sinks": .bool(hasSinks),
    ]
  }
}

extension FeedForwardDescription {
  var facts: JSONValue {
    var facts: JSONObject = [
      "inner_size": .integer(Int64(innerSize)), "activation": .string(activation.name), "fused": .bool(isFused),
      "bias": .bool(hasBias),
    ]
    if case .clamped(let limit, let alpha) = activation {
      facts["limit"] = number(limit)
      facts["alpha"] = number(alpha)
    }
    facts["experts"] =
      experts.map { ["count": .integer(Int64($0.count)), "chosen": .integer(Int64($0.chosen))] } ?? .null
    return .object(facts)
  }
}

extension FeedForwardDescription.Activation {
  /// The word for people and programs.
  public var name: String {
    switch self {
    case .silu: "silu"
    case .geluTanh: "gelu-tanh"
    case .gelu: "gelu"
    case .clamped: "clamped-silu"
    }
  }
}

extension NormDescription {
  var facts: JSONValue {
    [
      "kind": .string(addsOne ? "rms, gain 1 + w" : "rms, gain w"),
      "epsilon": number(epsilon),
      "placement": .string(hasPostNorms ? "before and after" : "before"),
    ]
  }
}

extension RopeDescription {
  var facts: JSONValue {
    var facts: JSONObject = [
      "theta": .number(theta), "rotated": .integer(Int64(rotatedSize)),
      "pairs": .string(isInterleaved ? "neighbours" : "halves"), "scaling": .string(scaling.name),
    ]
    func set(_ key: String, _ value: Double) { facts[key] = .number(value) }
    switch scaling {
    case .none: break
    case .linear(let factor), .dynamic(let factor): set("factor", factor)
    case .llama3(let factor, let low, let high, let original):
      set("factor", factor)
      set("low_frequency", low)
      set("high_frequency", high)
      facts["original_context"] = .integer(Int64(original))
    case .yarn(let yarn):
      set("factor", yarn.factor)
      set("beta_fast", yarn.betaFast)
      set("beta_slow", yarn.betaSlow)
      facts["original_context"] = .integer(Int64(yarn.originalContext))
      facts["truncates"] = .bool(yarn.truncates)
    case .long(let short, let long, let original):
      facts["original_context"] = .integer(Int64(original))
      facts["short"] = .array(short.map { .number($0) })
      facts["long"] = .array(long.map { .number($0) })
    }
    set("attention_factor", attentionFactor)
    return .object(facts)
  }
}

extension RopeDescription.Scaling {
  /// The word of configurations.
  public var name: String {
    switch self {
    case .none: "default"
    case .linear: "linear"
    case .dynamic: "dynamic"
    case .llama3: "llama3"
    case .yarn: "yarn"
    case .long: "longrope"
    }
  }
}
