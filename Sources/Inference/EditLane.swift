public import JSON
internal import Tensors

/// Where in a block an edit acts.
public enum EditSite: String, Sendable, CaseIterable {
  /// What attention puts out, before a post-norm where the block has one.
  case attentionOutput
  /// What the MLP puts out, before a post-norm; of a mixture of experts, their sum.
  case mlpOutput
  /// The token embedding; with a tied head the head's input too.
  case embedding
  /// What attention and MLP add to the residual stream: behind a post-norm where the block has one, else the same as
  /// ``attentionOutput`` and ``mlpOutput`` together. No weights can hold it behind a post-norm.
  case residualWrites
}

/// An edit of the weights that a sequence carries: `W ← W − s·r(rᵀW)` and `b ← b − s·r(r·b)` of the chosen matrices and
/// their biases, done to their outputs.
///
/// Subtracting `s·r(r·y)` from what a matrix writes is the same linear map; so one copy of the weights serves the original
/// and any number of edited systems in one batch.
public struct EditLane: Sendable, Equatable {
  /// Unit vector r in the residual stream, [D]; empty for no edit.
  public let direction: [Float]
  /// Where it acts.
  public let sites: Set<EditSite>
  /// 0-based blocks, inclusive; nil is all. The embedding is not a block's.
  public let layers: ClosedRange<Int>?
  /// s: 1 removes the direction, 0 does nothing.
  public let strength: Float
  /// Whether the biases of the matrices are edited too; without, a bias along the direction brings it back. It makes no
  /// difference where no matrix that writes has a bias; ``EditSite/residualWrites`` always takes biases along.
  public let includesBias: Bool
  /// Whether edited weights are rounded to bfloat16, whatever they were; as a lane the edit is not rounded.
  public let roundsToBF16: Bool

  /// Normalises the direction (float64 sum, rounded once).
  public init(
    direction: [Float],
    sites: Set<EditSite>,
    layers: ClosedRange<Int>? = nil,
    strength: Float = 1,
    includesBias: Bool = true,
    roundsToBF16: Bool = false
  ) {
    let norm = direction.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    self.direction = norm > 0 ? direction.map { Float(Double($0) / norm) } : []
    self.sites = sites
    self.layers = layers
    self.strength = strength
    self.includesBias = includesBias
    self.roundsToBF16 = roundsToBF16
  }

  /// The original.
  public static let none = EditLane(direction: [], sites: [])

  /// Whether it changes nothing.
  public var isNone: Bool { direction.isEmpty || sites.isEmpty || strength == 0 }

  /// The recipe without the direction's numbers, for the record.
  public var recipe: JSONValue {
    var recipe: JSONObject = [
      "sites": .array(EditSite.allCases.filter { sites.contains($0) }.map { .string($0.rawValue) }),
      "layers": layers.map { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] } ?? .null,
      "strength": .number(Double(strength)),
    ]
    // Said only where it is not the standard, so that records of edits keep their hashes.
    if !includesBias { recipe["bias"] = false }
    // Said only where it is so: records of other edits keep their hashes.
    if roundsToBF16 { recipe["roundsToBF16"] = true }
    return .object(recipe)
  }

  /// Tells directions apart in records.
  public var directionHash: String { JSONValue.array(direction.map { .number(Double($0)) }).contentHash }

  /// Whether it acts on a block's site. Without post-norms, what is added to the stream is what attention and MLP put out.
  public func acts(on site: EditSite, layer: Int, of model: ModelDescription) -> Bool {
    guard !isNone, layers?.contains(layer) ?? true else { return false }
    if model.norm.hasPostNorms { return sites.contains(site) }
    return site != .residualWrites && (sites.contains(site) || sites.contains(.residualWrites))
  }

  /// Why no weights of a model can hold the edit; nil where they can.
  public func problemAsWeights(of model: ModelDescription) -> String? {
    guard !isNone, sites.contains(.residualWrites), model.norm.hasPostNorms else { return nil }
    return "the site residualWrites cannot be put into the weights of \(model.architecture): behind each matrix a norm "
      + "with a gain of its own turns what it writes; use the edit as a lane, or the sites attentionOutput and mlpOutput"
  }

  /// Whether the biases of a model's writers are edited with the matrices.
  public func editsBiases(of model: ModelDescription) -> Bool {
    includesBias || !model.norm.hasPostNorms && sites.contains(.residualWrites)
  }

  /// `W − s·r(rᵀW)` of a row-major [out, in] matrix that writes into the residual stream (out = D). Sums in float64.
  public func editingWriter(_ weights: [Float], out: Int, in width: Int) -> [Float] {
    var along = [Double](repeating: 0, count: width)
    for o in 0..<out {
      let r = Double(direction[o])
      for k in 0..<width { along[k] += r * Double(weights[o * width + k]) }
    }
    var edited = weights
    for o in 0..<out {
      let r = Double(strength) * Double(direction[o])
      for k in 0..<width { edited[o * width + k] = Float(Double(weights[o * width + k]) - r * along[k]) }
    }
    return rounded(edited)
  }

  /// `e − s·(e·r) r` of every row of an embedding [count, D]. Sums in float64.
  public func editingRows(_ weights: [Float], count: Int) -> [Float] {
    let width = direction.count
    var edited = weights
    for row in 0..<count {
      let start = row * width
      var along = 0.0
      for k in 0..<width { along += Double(weights[start + k]) * Double(direction[k]) }
      along *= Double(strength)
      for k in 0..<width { edited[start + k] = Float(Double(weights[start + k]) - along * Double(direction[k])) }
    }
    return rounded(edited)
  }

  private func rounded(_ weights: [Float]) -> [Float] {
    roundsToBF16 ? weights.map { float(bf16: bf16($0)) } : weights
  }
}
